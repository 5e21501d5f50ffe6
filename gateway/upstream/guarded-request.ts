import { requestBounded, type BoundedAnswer } from "#base/bounded-request.ts";
import { bareHost } from "#base/host-address.ts";
import { dialGuard, type GuardOptions } from "./address-guard.ts";

export interface Asked {
  url: string;
  headers: Record<string, string>;
  /** For all of it. */
  timeoutMs: number;
  maxBytes: number;
}

/** Asks registries. A fake of it is what tests pass. */
export type GuardedRequest = (asked: Asked) => Promise<BoundedAnswer>;

/** Requests of the gateway's own, by the rule of upstreams: the address that was checked is the one that is dialled. */
export function guardedRequest(guard: GuardOptions): GuardedRequest {
  return async ({ url: text, ...asked }) => {
    const url = new URL(text);
    const { refusal, lookup } = dialGuard(bareHost(url.hostname), guard);
    if (refusal) throw refusal;
    return requestBounded({ ...asked, url, lookup, agent: false });
  };
}
