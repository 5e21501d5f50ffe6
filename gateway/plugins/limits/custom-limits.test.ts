import { expect, test } from "vitest";
import { FakeClock } from "#base/clock.ts";
import { customLimit } from "#contracts/api/limits.ts";
import { LimitBook, LocalAuthority } from "#gateway/limit/index.ts";
import type { Exchange } from "#gateway/pipeline/index.ts";
import { Fields } from "#gateway/wire/index.ts";
import { compileCustomLimit } from "./custom-limits.ts";

const clock = new FakeClock();
const limits = new LimitBook({ authority: new LocalAuthority({ clock, holders: () => 1 }), clock });
const deps = { limits, identity: { clientAddressOf: () => "192.0.2.7" } };
const by = (of: object) => compileCustomLimit(customLimit.parse({ rate: "1/s", by: of }), "api:orders:0", deps);
/** The members that are read, and no others. */
const call = (principal: object | null, fields: string[] = []) =>
  ({ principal, fields: new Fields(fields), query: "" }) as unknown as Exchange;
const idOf = (drawn: ReturnType<ReturnType<typeof by>>) => ("status" in drawn ? drawn.code : drawn[0]!.bucket.id);

test("claims of one value are one count, whatever else the token says, and reach inside", () => {
  const limit = by({ claim: "org.id" });
  const of = (org: unknown) => idOf(limit(call({ claims: { sub: Math.random(), org: { id: org } } })));
  expect(of("acme")).toBe(of("acme"));
  expect(of("acme")).not.toBe(of("other"));
  expect(of(7)).toBe(of(7));
});

test.each([
  ["nobody", null],
  ["a token without it", { claims: {} }],
  ["a token where it is empty", { claims: { org: { id: "" } } }],
  ["a name that objects have of themselves", { claims: { org: "text" } }],
])("%s is counted by the address", (_name, principal) => {
  expect(idOf(by({ claim: "org.id" })(call(principal)))).toBe("by:api:orders:0:address:192.0.2.7");
});

test("a value cannot be chosen so that it is counted as an address, and is kept as a digest of fixed length", () => {
  const limit = by({ header: "X-Tenant" });
  const ids = ["address:192.0.2.7", "a", "a".repeat(30_000)].map((value) =>
    idOf(limit(call(null, ["x-tenant", value]))),
  );
  expect(new Set(ids).size).toBe(3);
  for (const id of ids) expect(id).toMatch(/^by:api:orders:0:[\w-]{22}$/);
});
