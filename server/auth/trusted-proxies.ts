import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { inRanges, type Ranges } from "#base/address-ranges.ts";
import { addressRanges } from "../address-ranges.ts";

/** Who may say where a request came from: so many proxies in a row, or proxies at these addresses. */
export type TrustedProxies = { hops: number } | { ranges: Ranges };

/** `0`, `1`, … or `10.0.0.0/8, 2001:db8::/32`. */
export const trustedProxies = z.union([
  z
    .string()
    .regex(/^\d{1,2}$/, "expected a number of proxies")
    .transform((text): TrustedProxies => ({ hops: Number(text) })),
  addressRanges.transform((ranges): TrustedProxies => ({ ranges })),
]);

/**
 * The client's address. `X-Forwarded-For` reads from the client's own claim on the left to our peer on the right, which
 * `recordPeers` appended: from there it is believed as far as the trusted proxies reach, and not a hop further.
 */
export function addressOf(headers: Headers, trusted: TrustedProxies): string {
  const hops = (headers.get("x-forwarded-for") ?? "").split(",").map(plainAddress);
  const isTrusted = (address: string, fromTheRight: number) =>
    "hops" in trusted ? fromTheRight < trusted.hops : isIP(address) > 0 && inRanges(trusted.ranges, address);
  let at = hops.length - 1;
  while (at > 0 && isTrusted(hops[at]!, hops.length - 1 - at)) at -= 1;
  return isIP(hops[at]!) ? hops[at]! : "unknown";
}

/** Without port, brackets and the IPv6 form of an IPv4 address: one client has one name. */
function plainAddress(entry: string): string {
  const text = entry.trim().replace(/^\[([^\]]*)\](:\d+)?$/, "$1");
  const bare = /^\d+\.\d+\.\d+\.\d+:\d+$/.test(text) ? text.slice(0, text.indexOf(":")) : text;
  return isIP(bare) ? ipaddr.process(bare).toString() : bare;
}

/** What one subscriber holds: a single IPv4 address, or an IPv6 network of 64 bits with more addresses than any throttle. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  return ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`).toString();
}
