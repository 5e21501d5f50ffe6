import { BlockList, isIP } from "node:net";
import { inRanges, parseRanges } from "./address-ranges.ts";

/**
 * IANA's special-purpose registries of IPv4 and IPv6: loopback, private, link-local (where clouds keep their metadata
 * service), carrier-grade, documentation, benchmarks, multicast, reserved, and the forms that carry an IPv4 address inside
 * (6to4, Teredo).
 */
const special = parseRanges([
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
]);

/**
 * What of IPv6 may be public at all: global unicast, and IPv4 inside IPv6, which `BlockList` checks by the rules of IPv4.
 * `::1`, `fe80::`, `fd00::`, NAT64 and IPv4-compatible forms lie outside.
 */
const mayBePublic = new BlockList();
mayBePublic.addSubnet("2000::", 3, "ipv6");
mayBePublic.addSubnet("::ffff:0:0", 96, "ipv6");

/** Whether an address is public unicast. What is no address, or has a zone (`fe80::1%eth0`), is not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !inRanges(special, address);
  return family === 6 && !address.includes("%") && mayBePublic.check(address, "ipv6") && !inRanges(special, address);
}
