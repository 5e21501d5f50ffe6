import { isIPv4, isIPv6 } from "node:net";

/** How much of a caller's address is written down. */
export type AddressDetail = "full" | "truncated" | "none";

/** Truncated: the network of a household or a company, not the machine: the first 24 bits of IPv4, 48 of IPv6. */
export function writtenAddress(address: string, detail: AddressDetail): string | null {
  if (detail === "none" || address === "") return null;
  if (detail === "full") return address;
  if (isIPv4(address)) return address.replace(/\d+$/, "0");
  if (!isIPv6(address)) return null;
  const [head = ""] = address.split("::", 1);
  const groups = head.split(":").filter((group) => group !== "");
  // What `::` stands for is zeros, so groups that are missing here are.
  return `${[0, 1, 2].map((index) => groups[index] ?? "0").join(":")}::`;
}
