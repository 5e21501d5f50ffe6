import { lookup as dnsLookup, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { buildConnector } from "undici";
import { inRanges, type Ranges } from "#base/address-ranges.ts";
import { isPublicAddress } from "#base/public-address.ts";

/** A target whose address may not be connected to; its code is mapped in failure.ts. */
export class AddressDenied extends Error {
  readonly code = "CAUSEWAY_ADDRESS_DENIED";
}

/**
 * A connector that checks the resolved address and connects to the very address that was checked, so that a name which
 * resolves differently a moment later (DNS rebinding) gains nothing.
 */
export function guardedConnector({
  allowed,
  timeoutMs,
}: {
  allowed: Ranges;
  timeoutMs: number;
}): buildConnector.connector {
  const mayConnect = (address: string) => isPublicAddress(address) || inRanges(allowed, address);
  const connect = buildConnector({ timeout: timeoutMs, lookup: checkedLookup(mayConnect) });
  return (options, callback) => {
    const literal = options.hostname.replace(/^\[|\]$/g, "");
    // Literal addresses are never looked up, so the check of the lookup would not see them.
    if (isIP(literal) && !mayConnect(literal)) return callback(denied(literal), null);
    connect(options, callback);
  };
}

function checkedLookup(mayConnect: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, []);
      const open = addresses.filter(({ address }) => mayConnect(address));
      if (open.length === 0) return callback(denied(hostname), []);
      if (options.all) return callback(null, open);
      callback(null, open[0]!.address, open[0]!.family);
    });
  };
}

function denied(name: string): AddressDenied {
  return new AddressDenied(`${name}: private, loopback, link-local and metadata addresses are refused here`);
}
