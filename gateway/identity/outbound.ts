import { lookup as dnsLookup, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Agent, buildConnector, request } from "undici";
import { inRanges, type Ranges } from "#base/address-ranges.ts";
import { isPublicAddress } from "#base/public-address.ts";

export interface OutboundRequest {
  method: "GET" | "POST";
  headers?: Record<string, string>;
  body?: string;
}

/** The one way out to issuers. A fake of it is what tests and the proof of a configuration pass. */
export interface Outbound {
  /** The JSON of a 200; anything else rejects. */
  fetchJson(url: string, asked?: OutboundRequest): Promise<unknown>;
  close(): Promise<void>;
}

export interface OutboundOptions {
  /** The rule of upstreams, for issuers too: private and metadata addresses are refused but for `allowed`. */
  denyPrivate: boolean;
  allowed: Ranges;
}

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 512 * 1_024;

/** Fetches from issuers: five seconds and 512 KiB at most. A redirect is no answer: it could lead where no one may go. */
export class IssuerClient implements Outbound {
  readonly #agent: Agent;

  constructor(options: OutboundOptions) {
    const limits = { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS, connections: 8 };
    this.#agent = new Agent({ ...limits, connect: options.denyPrivate ? guarded(options.allowed) : {} });
  }

  async fetchJson(url: string, asked: OutboundRequest = { method: "GET" }): Promise<unknown> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const headers = { accept: "application/json", ...asked.headers };
    const { statusCode, body } = await request(url, { ...asked, headers, signal, dispatcher: this.#agent });
    const chunks: Buffer[] = [];
    let bytes = 0;
    // The body of a refusal is read too: a connection with an unread body is not used again.
    for await (const chunk of body) {
      bytes += (chunk as Buffer).length;
      if (bytes > MAX_BYTES) throw new Error(`${url}: more than ${MAX_BYTES} bytes`);
      chunks.push(chunk as Buffer);
    }
    if (statusCode !== 200) throw new Error(`${url}: status ${statusCode}`);
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

/** Checks the resolved address and connects to the very one that was checked, so that DNS rebinding gains nothing. */
function guarded(allowed: Ranges): buildConnector.connector {
  const mayConnect = (address: string) => isPublicAddress(address) || inRanges(allowed, address);
  const lookup: LookupFunction = (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, []);
      const open = addresses.filter(({ address }) => mayConnect(address));
      if (open.length === 0) return callback(denied(hostname), []);
      if (options.all) return callback(null, open);
      callback(null, open[0]!.address, open[0]!.family);
    });
  };
  const connect = buildConnector({ timeout: TIMEOUT_MS, lookup });
  return (options, callback) => {
    const literal = options.hostname.replace(/^\[|\]$/g, "");
    // Literal addresses are never looked up, so the check of the lookup would not see them.
    if (isIP(literal) && !mayConnect(literal)) return callback(denied(literal), null);
    connect(options, callback);
  };
}

function denied(name: string): Error {
  return new Error(`${name}: private, loopback, link-local and metadata addresses are refused here`);
}

/** For proving a configuration: nothing is fetched there, and asking is a mistake of ours. */
export const noOutbound: Outbound = {
  fetchJson: (url) => Promise.reject(new Error(`${url}: a proof opens nothing`)),
  close: () => Promise.resolve(),
};
