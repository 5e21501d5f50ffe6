import { request, type OutgoingHttpHeaders } from "node:http";
import { json } from "node:stream/consumers";

export interface FreshCall {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: string;
}

/** One request over a connection of its own, so that calls meet all workers of a node. */
export function freshCall(url: string, { method = "GET", headers = {}, body }: FreshCall = {}) {
  return new Promise<{ status: number; code: string | undefined }>((resolve, reject) => {
    const call = request(url, { method, headers, agent: false }, (response) => {
      json(response).then((answer) => {
        const { code, error } = answer as { code?: string; error?: string };
        resolve({ status: response.statusCode!, code: code ?? error });
      }, reject);
    });
    call.once("error", reject);
    call.end(body);
  });
}
