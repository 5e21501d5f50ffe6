import { isIP } from "node:net";
import { inRanges, type Ranges } from "#base/address-ranges.ts";
import { unmappedAddress } from "#base/host-address.ts";

/** What is read of an exchange. */
export interface Called {
  connection: { address: string; trusted: boolean } | undefined;
  fields: { get(name: string): string | undefined };
}

/**
 * Who calls: the peer, or, where the peer is a trusted proxy, the last address of X-Forwarded-For that is no trusted proxy
 * itself. What stands further left was written by strangers.
 */
export function clientAddressOf({ connection, fields }: Called, trusted: Ranges): string {
  if (!connection) return "";
  const claimed = connection.trusted ? fields.get("x-forwarded-for") : undefined;
  if (claimed === undefined) return connection.address;
  let last = connection.address;
  for (const entry of claimed.split(",").reverse()) {
    const address = plain(entry);
    // An entry that is no address was not written by a proxy of ours: what it hides is unknown, so the one after it counts.
    if (isIP(address) === 0) return last;
    if (!inRanges(trusted, address)) return address;
    last = address;
  }
  return last;
}

/** `192.0.2.1`, `192.0.2.1:443`, `[2001:db8::1]:443`: as proxies write them. */
function plain(entry: string): string {
  const text = entry.trim();
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(text);
  if (bracketed) return bracketed[1]!;
  return unmappedAddress(text.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1"));
}
