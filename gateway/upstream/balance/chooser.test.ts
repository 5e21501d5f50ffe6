import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HashKey } from "#contracts/api/resilience.ts";
import type { Exchange } from "#gateway/pipeline/exchange.ts";
import { exchangeOf } from "#gateway/testkit/upstream-exchange.ts";
import { unopenedPool } from "../address-guard.ts";
import { chooserFor, type Chooser } from "./chooser.ts";
import { Target } from "./target.ts";

const target = (id: number | string, weight = 1) =>
  new Target({ url: `http://t${id}:8080`, weight, priority: 0, healthy: true }, unopenedPool);
const byUser: HashKey = { header: "X-User" };
const userIs = (user: string) => exchangeOf({ fields: ["x-user", user] });

const addressOf = ({ connection }: Exchange) => connection.address;
const inTurn = { random: () => 0, addressOf };

/** The same sequence each time (mulberry32). */
function seeded(seed: number) {
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { random, addressOf };
}

function countsOf(chooser: Chooser, draws: number, act: (target: Target) => void = () => {}): number[] {
  const counts = new Map<Target, number>();
  for (let draw = 0; draw < draws; draw += 1) {
    const chosen = chooser.first(exchangeOf())!;
    act(chosen);
    counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
  }
  return chooser.targets.map((each) => counts.get(each) ?? 0);
}

describe("round robin", () => {
  test("gives each target its weight in every round, and no one its share in one run", () => {
    const chooser = chooserFor("round-robin", [target(1, 5), target(2, 1), target(3, 1)], inTurn);
    const order = Array.from({ length: 7 }, () => chooser.first(exchangeOf())!.origin.slice(7, 9));
    expect(order.join(" ")).not.toMatch(/t1 t1 t1 t1/);
    expect(countsOf(chooser, 700)).toEqual([500, 100, 100]);
  });

  test("a target that warms up gets its part of its weight", () => {
    const cold = target(2);
    cold.share = 0.1;
    expect(countsOf(chooserFor("round-robin", [target(1), cold], inTurn), 1_100)).toEqual([1_000, 100]);
  });

  test("whatever the weights, shares are within one part of a thousand", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 12 });
    const property = fc.property(weights, (list) => {
      const chooser = chooserFor(
        "round-robin",
        list.map((weight, index) => target(index, weight)),
        inTurn,
      );
      const total = list.reduce((sum, weight) => sum + weight, 0);
      const draws = 10_000;
      for (const [index, count] of countsOf(chooser, draws).entries())
        expect(Math.abs(count / draws - list[index]! / total)).toBeLessThan(0.004);
    });
    fc.assert(property, { numRuns: 30 });
  });
});

describe("least loaded", () => {
  test("of two drawn the one with less in flight for its weight is chosen, so that the busy one gets nothing", () => {
    const [busy, idle, other] = [target(1), target(2), target(3)];
    busy.inFlight = 10;
    const [toBusy, ...rest] = countsOf(chooserFor("least-loaded", [busy, idle, other], seeded(1)), 600);
    expect(toBusy).toBe(0);
    expect(Math.min(...rest)).toBeGreaterThan(100);
  });

  test("requests in flight level out by weight", () => {
    const targets = [target(1, 3), target(2, 1), target(3, 1)];
    const chooser = chooserFor("least-loaded", targets, seeded(2));
    countsOf(chooser, 1_000, (chosen) => (chosen.inFlight += 1));
    const [heavy, ...light] = targets.map(({ inFlight }) => inFlight);
    for (const each of light) expect(heavy! / each).toBeCloseTo(3, 0);
  });
});

describe("hash", () => {
  const users = Array.from({ length: 2_000 }, (_, index) => `user-${index}`);

  test("a key goes to one target, whatever was chosen between", () => {
    const chooser = chooserFor(
      { hash: byUser },
      [1, 2, 3].map((id) => target(id)),
      seeded(3),
    );
    for (const user of users.slice(0, 50)) {
      const first = chooser.first(userIs(user));
      expect(chooser.first(userIs("another"))).toBeDefined();
      expect(chooser.first(userIs(user))).toBe(first);
    }
  });

  test("a target that leaves moves its own keys and no others, about one of N", () => {
    const property = fc.property(fc.integer({ min: 2, max: 20 }), fc.nat(19), fc.nat(10_000), (size, at, salt) => {
      const targets = Array.from({ length: size }, (_, index) => target(`${index}-${salt}`));
      const gone = targets[at % size]!;
      const before = chooserFor({ hash: byUser }, targets, seeded(4));
      const after = chooserFor(
        { hash: byUser },
        targets.filter((each) => each !== gone),
        seeded(4),
      );
      const moved = users.filter((user) => {
        const was = before.first(userIs(user));
        const is = after.first(userIs(user));
        if (was !== gone) expect(is).toBe(was);
        return was === gone;
      });
      expect(Math.abs(moved.length / users.length - 1 / size)).toBeLessThan(0.06);
    });
    fc.assert(property, { numRuns: 40 });
  });

  test("keys are shared out by weight", () => {
    const targets = [target(1, 3), target(2, 1)];
    const chooser = chooserFor({ hash: byUser }, targets, seeded(5));
    const toHeavy = users.filter((user) => chooser.first(userIs(user)) === targets[0]).length;
    expect(Math.abs(toHeavy / users.length - 0.75)).toBeLessThan(0.04);
  });

  test("when a target is refused, each of its keys goes to its own second choice, which is the one it would have without", () => {
    const targets = [1, 2, 3, 4].map((id) => target(id));
    const all = chooserFor({ hash: byUser }, targets, seeded(6));
    const rest = chooserFor({ hash: byUser }, targets.slice(1), seeded(6));
    for (const user of users.slice(0, 200))
      expect(all.other(userIs(user), (each) => each === targets[0])).toBe(rest.first(userIs(user)));
  });

  test.each<[string, HashKey, Parameters<typeof exchangeOf>[0]]>([
    ["a header", byUser, { fields: ["X-User", "ann"] }],
    ["a cookie", { cookie: "sid" }, { fields: ["Cookie", "theme=dark; sid=ann; xsid=bob"] }],
    ["a query parameter", { query: "user" }, { query: "?users=1&user=ann&x=2" }],
    ["the address", "address", { address: "ann" }],
  ])("%s is what is hashed", (_name, key, sketch) => {
    const targets = Array.from({ length: 50 }, (_, id) => target(id));
    const expected = chooserFor({ hash: byUser }, targets, seeded(7)).first(userIs("ann"));
    expect(chooserFor({ hash: key }, targets, seeded(7)).first(exchangeOf(sketch))).toBe(expected);
  });

  test("a request without the key takes its turn", () => {
    const chooser = chooserFor({ hash: byUser }, [target(1), target(2)], inTurn);
    expect(countsOf(chooser, 100)).toEqual([50, 50]);
  });
});

test.each(["round-robin", "least-loaded", { hash: byUser }] as const)(
  "%j: never one that is refused, and nothing where all are",
  (balancing) => {
    const targets = [1, 2, 3].map((id) => target(id));
    const chooser = chooserFor(balancing, targets, seeded(8));
    const tried = new Set<Target>();
    for (let round = 0; round < 3; round += 1) tried.add(chooser.other(userIs("ann"), (each) => tried.has(each))!);
    expect(tried.size).toBe(3);
    expect(chooser.other(userIs("ann"), (each) => tried.has(each))).toBeUndefined();
    expect(chooserFor(balancing, [], seeded(8)).first(userIs("ann"))).toBeUndefined();
  },
);
