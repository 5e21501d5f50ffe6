import { Agent } from "node:http";
import { Agent as TlsAgent } from "node:https";
import type { LookupFunction } from "node:net";
import { requestBounded } from "#base/bounded-request.ts";
import { bareHost } from "#base/host-address.ts";

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

/** An issuer that answered, and not with 200. */
export class AnswerStatusError extends Error {
  readonly status: number;

  constructor(url: string, status: number) {
    super(`${url}: status ${status}`);
    this.status = status;
  }
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

  async fetchJson(text: string, { method, headers = {}, body }: IssuerRequest = { method: "GET" }): Promise<unknown> {
    const url = new URL(text);
    const { refusal, lookup } = this.#ruleFor(bareHost(url.hostname));
    if (refusal) throw refusal;
    const answer = await requestBounded({
      url,
      method,
      headers: { accept: "application/json", ...headers },
      body,
      agent: url.protocol === "https:" ? this.#agents.tls : this.#agents.plain,
      lookup,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    });
    if (answer.status !== 200) throw new AnswerStatusError(text, answer.status);
    return JSON.parse(answer.body.toString("utf8")) as unknown;
  }

  close(): void {
    this.#agents.plain.destroy();
    this.#agents.tls.destroy();
  }
}

/** For proving a configuration: nothing is fetched there, and asking is a mistake of ours. */
export const noOutbound: Outbound = {
  fetchJson: (url) => Promise.reject(new Error(`${url}: a proof opens nothing`)),
  close: () => {},
};
