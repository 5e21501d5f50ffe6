import { AppError } from "#base/errors.ts";

/** A document of 5 MB inside JSON, with room for escapes: as much as a control plane takes. */
const MAX_BODY_BYTES = 12 * 1024 * 1024;

/** The same request, whose body fails at the cap: what comes after it is never held in memory. */
export function withCappedBody(request: Request): Request {
  if (!request.body) return request;
  let size = 0;
  const cap = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) controller.error(new AppError("too_large", "The body is larger than 12 MB."));
      else controller.enqueue(chunk);
    },
  });
  // Made of parts: Next hands over a proxy of a request, which the constructor of Request does not take. Streams need to
  // be told that the answer may come before they end (fetch, "half duplex").
  const { url, method, headers, signal } = request;
  return new Request(url, {
    method,
    headers,
    signal,
    body: request.body.pipeThrough(cap),
    duplex: "half",
  } as RequestInit);
}
