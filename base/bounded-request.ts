import { request as plainRequest, type Agent as PlainAgent, type IncomingMessage } from "node:http";
import { request as tlsRequest, type Agent as TlsAgent } from "node:https";
import type { LookupFunction } from "node:net";

export interface BoundedRequest {
  url: URL;
  method?: "GET" | "POST";
  headers: Record<string, string>;
  body?: string | undefined;
  /** False: a connection of its own. */
  agent: PlainAgent | TlsAgent | false;
  /** Which addresses the host may stand for; absent: any. */
  lookup?: LookupFunction | undefined;
  /** For all of it. */
  timeoutMs: number;
  /** Of the answer's body. */
  maxBytes: number;
}

export interface BoundedAnswer {
  status: number;
  body: Buffer;
}

/**
 * One request of our own, bounded in time and bytes. A redirect is an answer like others: it could lead where no one may go.
 * Rejects with the network's error, or with the bound that was passed.
 */
export function requestBounded(asked: BoundedRequest): Promise<BoundedAnswer> {
  const { url, method = "GET", headers, body, agent, lookup, timeoutMs, maxBytes } = asked;
  const send = url.protocol === "https:" ? tlsRequest : plainRequest;
  const options = { method, agent, headers, signal: AbortSignal.timeout(timeoutMs), ...(lookup && { lookup }) };
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(withReason(error, timeoutMs));
    const request = send(url, options, (response) => {
      // Of a refusal too: a connection with an unread body is not used again.
      collect(response, maxBytes).then((whole) => resolve({ status: response.statusCode ?? 0, body: whole }), failed);
    });
    request.once("error", failed);
    request.end(body);
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
