import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyRecord } from "#contracts/key/record.ts";
import { policy, type Policy, type PolicyInput } from "#contracts/policy/policy.ts";
import { mergeRights, rightsOf, unite } from "./merge-rights.ts";

const hash = "0".repeat(64);
const merged = (policies: PolicyInput[], key: object = {}) => {
  const parsed = new Map(policies.map((input) => [input.id, policy.parse(input)]));
  return mergeRights(keyRecord.parse({ id: "k", hash, policies: [...parsed.keys()], ...key }), parsed);
};

const rate = fc.record({
  limit: fc.constantFrom(1, 2, 5, 10, 600, Number.MAX_SAFE_INTEGER),
  windowMs: fc.constantFrom(1, 1_000, 60_000, 30 * 86_400_000),
});
const path = fc.record(
  { methods: fc.uniqueArray(fc.constantFrom("GET", "POST"), { minLength: 1 }), path: fc.constantFrom("/a", "/b/{id}") },
  { requiredKeys: ["path"] },
);
const grant = fc.record(
  {
    operations: fc.uniqueArray(fc.constantFrom("x", "y", "z"), { minLength: 1 }),
    paths: fc.array(path, { minLength: 1, maxLength: 3 }),
    rate,
    quota: rate,
  },
  { requiredKeys: [] },
);
const anyPolicy = fc
  .record(
    {
      id: fc.constantFrom("p", "q", "r"),
      state: fc.constantFrom("active", "inactive"),
      scope: fc.constantFrom("key", "policy"),
      partitions: fc.uniqueArray(fc.constantFrom("access", "rate", "quota"), { minLength: 1 }),
      apis: fc.dictionary(fc.constantFrom("a", "b"), grant),
      rate,
      quota: rate,
      spikeArrest: rate,
      throttle: fc.record({ queue: fc.integer({ min: 1, max: 3 }), waitUpTo: fc.integer({ min: 0, max: 3 }) }),
      tags: fc.uniqueArray(fc.constantFrom("red", "blue", "green")),
    },
    { requiredKeys: ["id"] },
  )
  .map((input): Policy => policy.parse(input));
const rights = anyPolicy.map((value) => rightsOf(value));

/** Maps compare by their order too; the order of APIs is nobody's business. */
const seen = (value: ReturnType<typeof unite>) => ({
  ...value,
  apis: Object.fromEntries([...value.apis].sort(([a], [b]) => (a < b ? -1 : 1))),
});

describe("uniting policies", () => {
  test("does not depend on their order", () => {
    fc.assert(
      fc.property(rights, rights, (a, b) => {
        expect(seen(unite(a, b))).toEqual(seen(unite(b, a)));
      }),
    );
  });

  test("does not depend on how they are grouped", () => {
    fc.assert(
      fc.property(rights, rights, rights, (a, b, c) => {
        expect(seen(unite(unite(a, b), c))).toEqual(seen(unite(a, unite(b, c))));
      }),
    );
  });

  test("with the same again changes nothing", () => {
    fc.assert(
      fc.property(rights, (a) => {
        expect(seen(unite(a, a))).toEqual(seen(a));
      }),
    );
  });

  test("never takes a limit below the highest rate of any, nor makes a tuple that no policy has", () => {
    fc.assert(
      fc.property(fc.array(rights, { minLength: 1, maxLength: 5 }), (all) => {
        const { rate: won } = all.reduce(unite);
        const offered = all.flatMap((one) => (one.rate ? [one.rate] : []));
        const fraction = ({ limit, windowMs }: { limit: number; windowMs: number }) => limit / windowMs;
        expect([...offered, null]).toContainEqual(won);
        expect(won && fraction(won)).toBe(offered.length > 0 ? Math.max(...offered.map(fraction)) : null);
      }),
    );
  });
});

describe("partitions", () => {
  test("one policy opens, another one limits", () => {
    const result = merged([
      { id: "rights", apis: ["orders"], rate: "5/s", partitions: ["access"] },
      { id: "limits", partitions: ["rate", "quota"], rate: "1/s", quota: "100/d", apis: { orders: { rate: "2/s" } } },
    ]);
    expect(result.rate).toMatchObject({ limit: 1 });
    expect(result.quota).toMatchObject({ limit: 100 });
    expect([...result.apis]).toMatchObject([["orders", { only: null, rate: { limit: 2 } }]]);
  });

  test("a policy that only limits opens nothing by naming an API", () => {
    expect(merged([{ id: "limits", partitions: ["rate"], apis: ["orders"], rate: "1/s" }]).apis.size).toBe(0);
  });

  test("and it widens nothing: the list of the one that opens stands", () => {
    const { apis } = merged([
      { id: "rights", apis: { orders: { operations: ["getOrder"] } }, partitions: ["access"] },
      { id: "limits", partitions: ["rate"], apis: { orders: { rate: "2/s" } } },
    ]);
    expect(apis.get("orders")!.only).toEqual({ operations: ["getOrder"], paths: [] });
  });
});

describe("a key with its policies", () => {
  test("is inactive where a policy is inactive, whatever parts it has, and where one is missing", () => {
    expect(merged([{ id: "off", state: "inactive", partitions: ["rate"] }]).active).toBe(false);
    expect(merged([], { policies: ["gone"] }).active).toBe(false);
    expect(merged([{ id: "on" }]).active).toBe(true);
  });

  test("has its own limit in place of a higher one of its policies, also for one API", () => {
    const key = { rate: "1/s", apis: { orders: { quota: "5/d" } } };
    const result = merged([{ id: "gold", rate: "100/s", apis: { orders: { quota: "50/d" } } }], key);
    expect(result.rate).toMatchObject({ limit: 1, sharedBy: null });
    expect(result.apis.get("orders")!.quota).toMatchObject({ limit: 5 });
  });

  test("shares the count of a policy whose limits are shared", () => {
    expect(merged([{ id: "team", scope: "policy", rate: "5/s" }]).rate).toMatchObject({ limit: 5, sharedBy: "team" });
  });

  test("carries its own tags and those of its policies", () => {
    expect(merged([{ id: "gold", tags: ["gold", "eu"] }], { tags: ["eu", "beta"] }).tags).toEqual([
      "beta",
      "eu",
      "gold",
    ]);
  });
});
