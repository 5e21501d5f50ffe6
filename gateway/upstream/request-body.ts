import type { IncomingMessage } from "node:http";
import { Transform } from "node:stream";
import type { Exchange } from "#gateway/pipeline/exchange.ts";

/** Whether the request has a body at all (RFC 9112, 6.3): by its framing, not by its method. */
export function hasBody(req: IncomingMessage): boolean {
  const length = req.headers["content-length"];
  return req.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

/** The body as it goes upstream. One without a length is counted on its way, and cut off past the cap. */
export function bodyOf(exchange: Exchange, capBytes: number): IncomingMessage | Transform | null {
  const { req } = exchange;
  if (!hasBody(req)) return null;
  const length = req.headers["content-length"];
  if (length !== undefined) {
    exchange.requestBytes = Number(length);
    return req;
  }
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      exchange.requestBytes += chunk.length;
      if (exchange.requestBytes <= capBytes) return done(null, chunk);
      done(Object.assign(new Error("the request's body is too large"), { code: "CAUSEWAY_BODY_TOO_LARGE" }));
    },
  });
  req.once("error", (error) => counter.destroy(error));
  return req.pipe(counter);
}
