import { Agent, request as plainRequest, type IncomingMessage } from "node:http";
import { Agent as TlsAgent, request as tlsRequest, type RequestOptions } from "node:https";
import type { LookupFunction } from "node:net";

export interface IssuerRequest {
  method: "GET" | "POST";
  headers?: Record<string, string>;
  body?: string;
}

/** The one way out to issuers. A fake of it is what tests and the proof of a configuration pass. */
export interface Outbound {
  /** The JSON of a 200; anything else rejects. */
  fetchJson(url: string, asked?: IssuerRequest): Promise<unknown>;
  close(): void;
}

/** By the rule of upstreams: how to look a host up so that only allowed addresses are dialled, or why not to dial at all. */
export type DialRule = (host: string) => { lookup?: LookupFunction; refusal?: Error };

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 512 * 1_024;
const AGENT = { keepAlive: true, maxSockets: 32, maxFreeSockets: 8, timeout: 30_000 };

/** Fetches from issuers: five seconds and 512 KiB at most. A redirect is no answer: it could lead where no one may go. */
export class IssuerClient implements Outbound {
  readonly #ruleFor: DialRule;
  readonly #agents = { plain: new Agent(AGENT), tls: new TlsAgent(AGENT) };

  constructor(ruleFor: DialRule) {
    this.#ruleFor = ruleFor;
  }

  async fetchJson(url: string, asked: IssuerRequest = { method: "GET" }): Promise<unknown> {
    const response = await this.#send(new URL(url), asked);
    // The body of a refusal is read too: a connection with an unread body is not used again.
    const body = await collect(response, url);
    if (response.statusCode !== 200) throw new Error(`${url}: status ${response.statusCode}`);
    return JSON.parse(body.toString("utf8")) as unknown;
  }

  close(): void {
    this.#agents.plain.destroy();
    this.#agents.tls.destroy();
  }

  #send(url: URL, { method, headers = {}, body }: IssuerRequest): Promise<IncomingMessage> {
    const { refusal, lookup } = this.#ruleFor(url.hostname.replace(/^\[|\]$/g, ""));
    if (refusal) return Promise.reject(refusal);
    const isTls = url.protocol === "https:";
    const options: RequestOptions = {
      method,
      agent: isTls ? this.#agents.tls : this.#agents.plain,
      headers: { accept: "application/json", ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(lookup && { lookup }),
    };
    return new Promise((resolve, reject) => {
      const request = (isTls ? tlsRequest : plainRequest)(url, options, resolve);
      request.once("error", reject);
      request.end(body);
    });
  }
}

async function collect(response: IncomingMessage, url: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BYTES) throw new Error(`${url}: more than ${MAX_BYTES} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** For proving a configuration: nothing is fetched there, and asking is a mistake of ours. */
export const noOutbound: Outbound = {
  fetchJson: (url) => Promise.reject(new Error(`${url}: a proof opens nothing`)),
  close: () => {},
};
