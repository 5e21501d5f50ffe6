import { expect, test } from "vitest";
import { apiSettings } from "#contracts/api/definition.ts";
import { exchangeOf, pluginDepsOf } from "#gateway/testkit/identified.ts";
import { ipAccess } from "./index.ts";

function statusFor(ip: object, address: string, forwardedFor?: string) {
  const api = apiSettings.parse({ id: "a", listen: "/", upstream: "http://a.test", ip });
  const deps = pluginDepsOf({ trustedProxies: ["10.0.0.0/8"] });
  const headers: [string, string][] = forwardedFor ? [["X-Forwarded-For", forwardedFor]] : [];
  const step = ipAccess.compile({ ...api, operations: [] }, deps);
  return step?.(exchangeOf({ address, headers, trusted: address.startsWith("10.") }));
}
const refused = { status: 403, code: "ip_not_allowed" };

test.each<[string, object, string, string | undefined, boolean]>([
  ["an address of an allowed range", { allow: ["192.0.2.0/24"] }, "192.0.2.7", undefined, true],
  ["an address outside of it", { allow: ["192.0.2.0/24"] }, "198.51.100.7", undefined, false],
  [
    "a denied address of an allowed range",
    { allow: ["192.0.2.0/24"], deny: ["192.0.2.7"] },
    "192.0.2.7",
    undefined,
    false,
  ],
  ["anyone but those denied", { deny: ["192.0.2.7"] }, "192.0.2.8", undefined, true],
  ["IPv6", { allow: ["2001:db8::/32"] }, "2001:db8::1", undefined, true],
  ["a caller behind a trusted proxy", { allow: ["192.0.2.0/24"] }, "10.0.0.1", "192.0.2.7", true],
  ["a claim of a caller without a proxy", { allow: ["192.0.2.0/24"] }, "198.51.100.7", "192.0.2.7", false],
  ["no address at all", { deny: ["192.0.2.7"] }, "", undefined, false],
])("%s", (_name, ip, address, forwardedFor, isOpen) => {
  const reply = statusFor(ip, address, forwardedFor);
  if (isOpen) expect(reply).toBeUndefined();
  else expect(reply).toMatchObject(refused);
});

test("an API without lists has no step", () => {
  expect(statusFor({}, "192.0.2.1")).toBeUndefined();
});

test.each([{ allow: ["300.0.0.1"] }, { allow: [] }, { deny: ["10.0.0.0/99"] }])("%j is no list of addresses", (ip) => {
  expect(apiSettings.safeParse({ id: "a", listen: "/", upstream: "http://a.test", ip }).success).toBe(false);
});
