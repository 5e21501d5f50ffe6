import { lookup as dnsLookup, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { inRanges, type Ranges } from "#base/address-ranges.ts";
import { isPublicAddress } from "#base/public-address.ts";
import { UpstreamError, type OutboundPool } from "#gateway/wire/index.ts";

const DENIED_CODE = "CAUSEWAY_ADDRESS_DENIED";

export interface GuardOptions {
  /** Refuse private, link-local, loopback and metadata addresses but for `allowed`. */
  denyPrivate: boolean;
  allowed: Ranges;
}

/** What a connection to `host` needs: the look-up to dial with, or the reason not to dial at all. */
export function dialGuard(
  host: string,
  { denyPrivate, allowed }: GuardOptions,
): { lookup?: LookupFunction; refusal?: Error } {
  if (!denyPrivate) return {};
  // Literal addresses are never looked up, so the check of the look-up would not see them.
  if (isIP(host) !== 0 && !mayConnect(host, allowed)) return { refusal: denied(host) };
  return { lookup: guardedLookup(allowed) };
}

function mayConnect(address: string, allowed: Ranges): boolean {
  return isPublicAddress(address) || inRanges(allowed, address);
}

/** Stands where nothing may be opened: a configuration is proved without a connection. */
export const unopenedPool: OutboundPool = Object.freeze({
  dispatch() {
    throw new Error("no connection is opened here");
  },
  close() {},
  destroy() {},
});

/** Stands where a target's literal address is not allowed: every request fails before a byte leaves. */
export function deniedPool(address: string): OutboundPool {
  const nothing = { isShared: false, write: () => true, end() {}, pause() {}, resume() {}, abort() {} };
  return {
    dispatch(_request, handler) {
      const { message, code } = denied(address);
      queueMicrotask(() => handler.onError(new UpstreamError("dial", message, { code })));
      return nothing;
    },
    close() {},
    destroy() {},
  };
}

/**
 * A look-up that checks the resolved address, which is then the very one that is connected to, so that a name which
 * resolves differently a moment later (DNS rebinding) gains nothing.
 */
function guardedLookup(allowed: Ranges): LookupFunction {
  return (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, []);
      const open = addresses.filter(({ address }) => mayConnect(address, allowed));
      if (open.length === 0) return callback(denied(hostname), []);
      if (options.all) return callback(null, open);
      callback(null, open[0]!.address, open[0]!.family);
    });
  };
}

/** Its code is mapped in failure.ts. */
function denied(name: string): NodeJS.ErrnoException & { code: string } {
  const message = `${name}: private, loopback, link-local and metadata addresses are refused here`;
  return Object.assign(new Error(message), { code: DENIED_CODE });
}
