import { z } from "zod";

const range = z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], {
  error: "expected an IP address or a CIDR range such as 10.0.0.0/8",
});
const ranges = z.array(range).max(1_000);

/** Addresses that may call. A denied one is refused even where it is allowed too; without `allow` all others may. */
export const ipAccess = z.strictObject({
  allow: ranges.min(1).optional().describe("Addresses and CIDR ranges that may call; given, no others may."),
  deny: ranges.optional().describe("Addresses and CIDR ranges that may not call, even where they are allowed."),
});
