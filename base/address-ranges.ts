import { BlockList, isIP } from "node:net";
import { unmappedAddress } from "./host-address.ts";

/** Addresses and CIDR ranges, such as `10.0.0.0/8, ::1`. */
export type Ranges = BlockList;

/** Throws with the entry that is neither an address nor a range. */
export function parseRanges(entries: readonly string[]): Ranges {
  const ranges = new BlockList();
  for (const entry of entries.map((text) => text.trim()).filter(Boolean)) {
    const [address, bits, more] = entry.split("/");
    const family = isIP(address!) === 4 ? "ipv4" : isIP(address!) === 6 ? "ipv6" : undefined;
    if (family === undefined || more !== undefined) throw new Error(`${entry}: expected an IP address or a CIDR range`);
    if (bits === undefined) ranges.addAddress(address!, family);
    else ranges.addSubnet(address!, Number(bits), family);
  }
  return ranges;
}

export function inRanges(ranges: Ranges, address: string): boolean {
  const plain = unmappedAddress(address);
  return ranges.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}
