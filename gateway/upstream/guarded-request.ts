import { request as plainRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as tlsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { dialGuard, type GuardOptions } from "./address-guard.ts";

export interface Asked {
  url: string;
  method?: "GET" | "HEAD" | "OPTIONS";
  /** Dialled in place of the URL's host. */
  address?: string | undefined;
  headers?: Record<string, string>;
  /** For all of it. */
  timeoutMs: number;
  maxBytes: number;
}

export interface Answered {
  status: number;
  body: Buffer;
}

/** Asks registries and checks targets. A fake of it is what tests pass. */
export type GuardedRequest = (asked: Asked) => Promise<Answered>;

/**
 * Requests of the gateway's own, by the rule of upstreams: the address that was checked is the one that is dialled. Each has
 * a connection of its own, since whether one comes about is part of the question. A redirect is an answer like others: it
 * could lead where no one may go.
 */
export function guardedRequest(guard: GuardOptions): GuardedRequest {
  return (asked) =>
    new Promise((resolve, reject) => {
      const url = new URL(asked.url);
      const host = asked.address ?? url.hostname.replace(/^\[|\]$/g, "");
      const { refusal, lookup: guarded } = dialGuard(host, guard);
      if (refusal) return reject(refusal);
      const { method = "GET", headers = {}, timeoutMs, maxBytes } = asked;
      const options: RequestOptions = { method, agent: false, headers, signal: AbortSignal.timeout(timeoutMs) };
      const lookup = asked.address === undefined ? guarded : fixedLookup(asked.address);
      const send = url.protocol === "https:" ? tlsRequest : plainRequest;
      const request = send(url, { ...options, ...(lookup && { lookup }) }, (response) => {
        collect(response, maxBytes).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
      });
      request.once("error", (error) => reject(withReason(error, timeoutMs)));
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

/** The name stays the request's host and TLS server name; what is dialled is this address. */
function fixedLookup(address: string): LookupFunction {
  const family = isIP(address);
  return (_hostname, options, callback) => {
    if (options.all) return callback(null, [{ address, family }]);
    callback(null, address, family);
  };
}

function withReason(error: Error, timeoutMs: number): Error {
  return error.name === "TimeoutError" || error.name === "AbortError"
    ? new Error(`no answer within ${timeoutMs} ms`, { cause: error })
    : error;
}
