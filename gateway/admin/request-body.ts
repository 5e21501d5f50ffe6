import type { IncomingMessage } from "node:http";

/** A body that is not taken, and what is told to its sender. */
export class BodyRefused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The body as UTF-8, at most so many bytes. */
export async function readText(req: IncomingMessage, mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Not destroyed by the return: the refusal has to go out on the same socket.
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes)
      throw new BodyRefused(413, "body_too_large", `The body: at most ${mostBytes} bytes are taken.`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new BodyRefused(400, "body_malformed", "The body: expected text in UTF-8.");
  }
}

export async function readJson(req: IncomingMessage, mostBytes: number): Promise<unknown> {
  const text = await readText(req, mostBytes);
  try {
    return JSON.parse(text);
  } catch {
    throw new BodyRefused(400, "body_malformed", 'The body: expected JSON, such as {"policies": ["gold"]}.');
  }
}
