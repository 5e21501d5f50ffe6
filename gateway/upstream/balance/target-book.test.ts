import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { apiSettings } from "#contracts/api/definition.ts";
import { resolveApi } from "#contracts/api/resolved.ts";
import { FakeClock } from "#base/clock.ts";
import { exchangeOf } from "#gateway/testkit/upstream-exchange.ts";
import { unopenedPool } from "../address-guard.ts";
import type { Balancer } from "./balancer.ts";
import { TargetBook } from "./target-book.ts";
import { Target, type TargetFact } from "./target.ts";

const urls = ["http://a:1", "http://b:1", "http://c:1", "http://d:1"];
const document = { paths: { "/x": { get: { operationId: "getX" }, put: { operationId: "putX" } } } };

function bookOf() {
  const clock = new FakeClock();
  const open = new Set<object>();
  const book = new TargetBook({
    clock,
    random: () => 0,
    addressOf: ({ connection }) => connection.address,
    poolFor: () => {
      const pool = { ...unopenedPool };
      open.add(pool);
      return pool;
    },
    release: (pool) => void open.delete(pool),
  });
  const apiOf = (upstream: object, operations: object = {}) =>
    resolveApi(apiSettings.parse({ id: "orders", listen: "/o", upstream, operations }), document).api;
  const load = (upstream: object) => book.balancerFor(apiOf(upstream), undefined);
  const exchange = () => exchangeOf({ nowMs: clock.now() });
  const pick = (balancer: Balancer, tried: Target[] = []) => {
    const picked = balancer.pick(exchange(), tried);
    return picked instanceof Target ? picked : undefined;
  };
  const failing = (balancer: Balancer, target: Target, times: number) => {
    for (let time = 0; time < times; time += 1) {
      const who = exchange();
      balancer.began(target, who);
      balancer.failed(target, who, "dial");
    }
  };
  /** How many of a hundred requests reach whom. */
  const reach = (balancer: Balancer, draws = 100) => {
    const counts = new Map<string, number>();
    for (let draw = 0; draw < draws; draw += 1) {
      const origin = pick(balancer)?.origin ?? "nobody";
      counts.set(origin, (counts.get(origin) ?? 0) + 1);
    }
    return Object.fromEntries(counts);
  };
  return { clock, book, open, apiOf, load, exchange, pick, failing, reach };
}

const targetOf = (balancer: Balancer, pick: (balancer: Balancer) => Target | undefined, origin: string) => {
  for (let turn = 0; turn < 10; turn += 1) {
    const target = pick(balancer);
    if (target?.origin === origin) return target;
  }
  throw new Error(`${origin} takes no requests`);
};

describe("a target that fails again and again", () => {
  const ejection = { consecutiveFailures: 3, for: "30s", maxShare: "50%" };

  test("is left out, comes back, and stays away longer the next time in a row", () => {
    const { clock, load, pick, failing, reach } = bookOf();
    const balancer = load({ targets: urls.slice(0, 2), ejection });
    const bad = targetOf(balancer, pick, "http://a:1");
    failing(balancer, bad, 2);
    expect(reach(balancer)).toEqual({ "http://a:1": 50, "http://b:1": 50 });
    failing(balancer, bad, 1);
    expect(reach(balancer)).toEqual({ "http://b:1": 100 });
    clock.advance(30_000);
    expect(reach(balancer)).toEqual({ "http://a:1": 50, "http://b:1": 50 });
    failing(balancer, bad, 3);
    clock.advance(59_999);
    expect(reach(balancer)).toEqual({ "http://b:1": 100 });
    clock.advance(1);
    expect(reach(balancer)).toEqual({ "http://a:1": 50, "http://b:1": 50 });
    // It held out for longer than it was away.
    clock.advance(60_001);
    failing(balancer, bad, 3);
    clock.advance(30_000);
    expect(reach(balancer)).toEqual({ "http://a:1": 50, "http://b:1": 50 });
  });

  test("one success in between begins the count anew; a 503 counts as a failure, a 500 does not", () => {
    const { load, pick, failing, reach, exchange } = bookOf();
    const balancer = load({ targets: urls.slice(0, 2), ejection });
    const bad = targetOf(balancer, pick, "http://a:1");
    const answer = (status: number) => {
      const who = exchange();
      balancer.began(bad, who);
      balancer.answered(bad, who, status);
    };
    failing(balancer, bad, 2);
    answer(500);
    failing(balancer, bad, 2);
    expect(reach(balancer)).toEqual({ "http://a:1": 50, "http://b:1": 50 });
    answer(503);
    expect(reach(balancer)).toEqual({ "http://b:1": 100 });
  });

  test("past the share that may be left out all are used again, so that a guess takes no API away", () => {
    const { load, failing, reach, book } = bookOf();
    const balancer = load({ targets: urls, ejection });
    const all = new Map<string, Target>();
    for (let turn = 0; turn < 8; turn += 1) {
      const target = balancer.pick(exchangeOf({ nowMs: Date.UTC(2026, 0, 1) }), []) as Target;
      all.set(target.origin, target);
    }
    failing(balancer, all.get(urls[0]!)!, 3);
    failing(balancer, all.get(urls[1]!)!, 3);
    expect(reach(balancer)).toEqual({ "http://c:1": 50, "http://d:1": 50 });
    failing(balancer, all.get(urls[2]!)!, 3);
    expect(reach(balancer)).toEqual({ "http://a:1": 25, "http://b:1": 25, "http://c:1": 25, "http://d:1": 25 });
    expect(book.figures().apis).toMatchObject([{ api: "orders", isPanic: true, panics: 1 }]);
  });

  test("the only target is never left out", () => {
    const { load, pick, failing } = bookOf();
    const balancer = load(urls[0]! as unknown as object);
    failing(balancer, pick(balancer)!, 50);
    expect(pick(balancer)?.origin).toBe(urls[0]);
  });

  test("whatever fails in whatever order, so many targets are in use as may not be left out", () => {
    const step = fc.record({ at: fc.nat(7), isFailure: fc.boolean(), waitMs: fc.nat(20_000) });
    const property = fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 60 }), (size, steps) => {
      const { clock, load, exchange, reach } = bookOf();
      const names = Array.from({ length: size }, (_, index) => `http://t${index}:1`);
      const balancer = load({ targets: names, ejection: { ...ejection, consecutiveFailures: 2 } });
      const all = new Map(names.map(() => balancer.pick(exchange(), []) as Target).map((each) => [each.origin, each]));
      for (const { at, isFailure, waitMs } of steps) {
        const target = all.get(names[at % size]!)!;
        const who = exchange();
        balancer.began(target, who);
        if (isFailure) balancer.failed(target, who, "broken");
        else balancer.answered(target, who, 200);
        clock.advance(waitMs);
        expect(Object.keys(reach(balancer, size)).length).toBeGreaterThanOrEqual(size / 2);
      }
      expect([...all.values()].every(({ inFlight }) => inFlight === 0)).toBe(true);
    });
    fc.assert(property, { numRuns: 60 });
  });

  test("its ejection and its requests in flight outlast a reload; its connections too", () => {
    const { load, pick, failing, reach, exchange, open } = bookOf();
    const balancer = load({ targets: urls.slice(0, 2), ejection });
    const bad = targetOf(balancer, pick, "http://a:1");
    balancer.began(bad, exchange());
    failing(balancer, bad, 3);
    const later = load({ targets: urls.slice(0, 3), ejection, retry: { attempts: 1 } });
    expect(reach(later)).toEqual({ "http://b:1": 50, "http://c:1": 50 });
    expect(bad.inFlight).toBe(1);
    expect(open.size).toBe(3);
    load({ targets: [urls[2]] });
    expect(open.size).toBe(1);
  });

  test("figures tell of it while it is out, and once more when it is back", () => {
    const { clock, load, pick, failing, book } = bookOf();
    const balancer = load({ targets: urls.slice(0, 2), ejection });
    failing(balancer, targetOf(balancer, pick, "http://a:1"), 3);
    expect(book.figures().targets).toMatchObject([{ target: "http://a:1", isEjected: true, ejections: 1 }]);
    expect(book.figures().targets).toMatchObject([{ target: "http://a:1", isEjected: true, ejections: 0 }]);
    clock.advance(30_000);
    expect(book.figures()).toMatchObject({ targets: [], apis: [{ api: "orders" }] });
    expect(book.figures()).toEqual({ targets: [], apis: [], droppedRows: 0 });
  });
});

describe("what the primary found out", () => {
  const fact = (url: string, more: Partial<TargetFact> = {}): TargetFact => ({
    url,
    weight: 1,
    priority: 0,
    healthy: true,
    ...more,
  });
  const watched = { targets: urls.slice(0, 2), health: "/h" };

  test("a target that the checks found down takes no request; where all are, the answer is 503", () => {
    const { book, load, reach, exchange } = bookOf();
    const balancer = load(watched);
    expect(reach(balancer)).toEqual({ "http://a:1": 50, "http://b:1": 50 });
    book.learn("orders", [fact("http://a:1", { healthy: false }), fact("http://b:1")]);
    expect(reach(balancer)).toEqual({ "http://b:1": 100 });
    book.learn("orders", [fact("http://a:1", { healthy: false }), fact("http://b:1", { healthy: false })]);
    expect(balancer.pick(exchange(), [])).toMatchObject({ status: 503, code: "upstream_unavailable" });
  });

  test("a recovered target grows into its weight", () => {
    const { clock, book, load, reach } = bookOf();
    const balancer = load({ ...watched, slowStart: "10s" });
    book.learn("orders", [fact("http://a:1", { healthy: false }), fact("http://b:1")]);
    book.learn("orders", [fact("http://a:1"), fact("http://b:1")]);
    expect(reach(balancer, 110)).toEqual({ "http://a:1": 10, "http://b:1": 100 });
    clock.advance(5_000);
    expect(reach(balancer, 150)).toEqual({ "http://a:1": 50, "http://b:1": 100 });
    clock.advance(5_000);
    expect(reach(balancer, 100)).toEqual({ "http://a:1": 50, "http://b:1": 50 });
  });

  test("the next priority is used only when the first has not enough left", () => {
    const { book, load, reach } = bookOf();
    const balancer = load(watched);
    book.learn("orders", [fact("http://a:1"), fact("http://b:1", { priority: 1 })]);
    expect(reach(balancer)).toEqual({ "http://a:1": 100 });
    book.learn("orders", [fact("http://a:1", { healthy: false }), fact("http://b:1", { priority: 1 })]);
    expect(reach(balancer)).toEqual({ "http://b:1": 100 });
  });

  test("one name with several addresses is several targets of one authority", () => {
    const { book, load, pick } = bookOf();
    const balancer = load({ targets: [{ dns: "api.internal", port: 8080 }] });
    expect(pick(balancer)).toBeUndefined();
    const url = "http://api.internal:8080";
    book.learn("orders", [fact(url, { address: "10.0.0.1" }), fact(url, { address: "10.0.0.2" })]);
    const names = new Set([pick(balancer)?.name, pick(balancer)?.name]);
    expect(names).toEqual(new Set([`${url} at 10.0.0.1`, `${url} at 10.0.0.2`]));
    expect(pick(balancer)?.authority).toBe("api.internal:8080");
  });

  test("it comes before the configuration that asks for it, or after, or for an API that is gone", () => {
    const { book, load, reach, open } = bookOf();
    book.learn("orders", [fact("http://c:1")]);
    book.learn("gone", [fact("http://d:1")]);
    expect(reach(load(watched))).toEqual({ "http://c:1": 100 });
    book.retain(new Set());
    expect(open.size).toBe(0);
  });
});

test("an operation tries again by its own rule where it has one", () => {
  const { book, apiOf } = bookOf();
  const api = apiOf({ targets: urls.slice(0, 2) }, { getX: { retry: { attempts: 0 } } });
  const rest = book.balancerFor(api, undefined);
  const [getX, putX] = api.operations.map((operation) => book.balancerFor(api, operation));
  const tried = { method: "GET", tries: 1, isReplayable: true };
  expect(getX!.retry.afterFailure("dial", tried, 0)).toBe(false);
  expect(rest.retry.afterFailure("dial", tried, 0)).toBe(true);
  expect(putX).toBe(rest);
});

describe("a breaker", () => {
  const breaker = { sample: 2, coolDown: "30s" };

  test("opens for one operation at one target, and the others go on", () => {
    const { book, apiOf, pick, failing, reach } = bookOf();
    const api = apiOf({ targets: urls.slice(0, 2), breaker, ejection: false });
    const rest = book.balancerFor(api, undefined);
    const [getX, putX] = api.operations.map((operation) => book.balancerFor(api, operation));
    failing(getX!, targetOf(getX!, pick, "http://a:1"), 2);
    expect(reach(getX!)).toEqual({ "http://b:1": 100 });
    expect(reach(putX!)).toEqual({ "http://a:1": 50, "http://b:1": 50 });
    expect(reach(rest)).toEqual({ "http://a:1": 50, "http://b:1": 50 });
    expect(book.figures().targets).toMatchObject([{ target: "http://a:1", openBreakers: 1, breakerOpenings: 1 }]);
  });

  test("open everywhere it is answered 503 circuit_open with the time until a probe", () => {
    const { clock, load, pick, failing, exchange } = bookOf();
    const balancer = load({ targets: urls.slice(0, 2), breaker, ejection: false });
    failing(balancer, targetOf(balancer, pick, "http://a:1"), 2);
    clock.advance(10_000);
    failing(balancer, targetOf(balancer, pick, "http://b:1"), 2);
    const reply = balancer.pick(exchange(), []);
    expect(reply).toMatchObject({ status: 503, code: "circuit_open", headers: ["Retry-After", "20"] });
    clock.advance(20_000);
    const probe = pick(balancer)!;
    balancer.began(probe, exchange());
    expect(balancer.pick(exchange(), [])).toMatchObject({ code: "circuit_open" });
  });

  test("stays open over a reload that does not change it", () => {
    const { load, pick, failing, exchange } = bookOf();
    const balancer = load({ targets: urls.slice(0, 1), breaker });
    failing(balancer, pick(balancer)!, 2);
    expect(load({ targets: urls.slice(0, 1), breaker }).pick(exchange(), [])).toMatchObject({ code: "circuit_open" });
    expect(load({ targets: urls.slice(0, 1) }).pick(exchange(), [])).toBeInstanceOf(Target);
  });
});
