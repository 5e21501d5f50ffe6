import { expect, test } from "vitest";
import { parseRanges } from "#base/address-ranges.ts";
import { clientAddressOf } from "./client-address.ts";

const trusted = parseRanges(["10.0.0.0/8", "fd00::/8"]);
const from = (address: string, forwarded: string | undefined, isTrusted: boolean) =>
  clientAddressOf({ connection: { address, trusted: isTrusted }, fields: { get: () => forwarded } }, trusted);

test.each([
  ["a stranger's own claim is not believed", "192.0.2.9", "198.51.100.1", false, "192.0.2.9"],
  ["a proxy without a claim is the caller", "10.0.0.1", undefined, true, "10.0.0.1"],
  ["a proxy says who called it", "10.0.0.1", "198.51.100.1", true, "198.51.100.1"],
  ["what stands further left was written by the caller", "10.0.0.1", "127.0.0.1, 198.51.100.1", true, "198.51.100.1"],
  ["proxies behind proxies are passed over", "10.0.0.1", "198.51.100.1, 10.0.0.3, 10.0.0.2", true, "198.51.100.1"],
  ["a call from inside is the first proxy's", "10.0.0.1", "10.0.0.3, 10.0.0.2", true, "10.0.0.3"],
  ["what is no address hides what is before it", "10.0.0.1", "198.51.100.1, unknown, 10.0.0.2", true, "10.0.0.2"],
  ["ports are taken off", "10.0.0.1", "198.51.100.1:4711", true, "198.51.100.1"],
  ["IPv6 comes in brackets with its port", "10.0.0.1", "[2001:db8::1]:443", true, "2001:db8::1"],
  ["IPv4 inside IPv6 is IPv4", "10.0.0.1", "::ffff:198.51.100.1", true, "198.51.100.1"],
])("%s", (_name, address, forwarded, isTrusted, expected) => {
  expect(from(address, forwarded, isTrusted)).toBe(expected);
});
