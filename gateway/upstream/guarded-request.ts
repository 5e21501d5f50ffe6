import { request as plainRequest, type IncomingMessage } from "node:http";
import { request as tlsRequest } from "node:https";
import { dialGuard, type GuardOptions } from "./address-guard.ts";

export interface Asked {
  url: string;
  headers: Record<string, string>;
  /** For all of it. */
  timeoutMs: number;
  maxBytes: number;
}

export interface Answered {
  status: number;
  body: Buffer;
}

/** Asks registries. A fake of it is what tests pass. */
export type GuardedRequest = (asked: Asked) => Promise<Answered>;

/**
 * Requests of the gateway's own, by the rule of upstreams: the address that was checked is the one that is dialled. A
 * redirect is an answer like others: it could lead where no one may go.
 */
export function guardedRequest(guard: GuardOptions): GuardedRequest {
  return ({ url: text, headers, timeoutMs, maxBytes }) =>
    new Promise((resolve, reject) => {
      const url = new URL(text);
      const { refusal, lookup } = dialGuard(url.hostname.replace(/^\[|\]$/g, ""), guard);
      if (refusal) return reject(refusal);
      const send = url.protocol === "https:" ? tlsRequest : plainRequest;
      const options = { agent: false, headers, signal: AbortSignal.timeout(timeoutMs), ...(lookup && { lookup }) };
      const failed = (error: Error) => reject(withReason(error, timeoutMs));
      const request = send(url, options, (response) => {
        collect(response, maxBytes).then((body) => resolve({ status: response.statusCode ?? 0, body }), failed);
      });
      request.once("error", failed);
      request.end();
    });
}

async function collect(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes > maxBytes) throw new Error(`the answer has more than ${maxBytes} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function withReason(error: Error, timeoutMs: number): Error {
  return error.name === "TimeoutError" || error.name === "AbortError"
    ? new Error(`no answer within ${timeoutMs} ms`, { cause: error })
    : error;
}
