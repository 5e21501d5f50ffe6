import { describe, expect, test } from "vitest";
import { apiSettings } from "#contracts/api/definition.ts";
import { resolveApi } from "#contracts/api/resolved.ts";
import { FakeClock } from "#base/clock.ts";
import { createLogger } from "#base/log.ts";
import { waitUntil } from "#base/wait.ts";
import type { TargetFact } from "../balance/target.ts";
import { TargetWatch, type Findings } from "./target-watch.ts";

const apiOf = (upstream: object, more: object = {}) =>
  resolveApi(apiSettings.parse({ id: "orders", listen: "/o", upstream, ...more })).api;
const soon = { timeoutMs: 5_000, everyMs: 2 };

/** A watch whose world is a function from question to answer; `asked` is what was asked. */
function watchOf(answer: (asked: string) => unknown) {
  const clock = new FakeClock();
  const asked: string[] = [];
  const names = new Map<string, string[]>();
  const told: Findings[] = [];
  const resolve = (name: string) => {
    asked.push(name);
    const addresses = names.get(name);
    if (!addresses) return Promise.reject(new Error(`ENOTFOUND ${name}`));
    return Promise.resolve(addresses.map((address) => ({ address, ttl: 10 })));
  };
  const watch = new TargetWatch({
    clock,
    random: () => 0.5,
    log: createLogger("test", { level: "silent" }),
    secrets: { read: () => undefined },
    resolver: {
      resolve4: resolve,
      resolve6: () => Promise.resolve([]),
      resolveSrv: () => Promise.resolve({ records: [], ttlSeconds: 60 }),
    },
    ask: ({ url }) => {
      asked.push(url);
      const given = answer(url);
      if (given instanceof Promise) return given as Promise<never>;
      if (given instanceof Error) return Promise.reject(given);
      return Promise.resolve({ status: 200, body: Buffer.from(JSON.stringify(given)) });
    },
    check: ({ url, address = "" }, { path }) => {
      asked.push(`${url}${path} ${address}`);
      const given = answer(`${url}${path} ${address}`);
      return Promise.resolve(given === 200 ? undefined : `status ${String(given)}`);
    },
  });
  watch.onFindings = (findings) => told.push(findings);
  const last = () => told.at(-1)?.facts ?? [];
  const short = (facts: readonly TargetFact[]) =>
    facts.map(({ url, address, healthy }) => `${address ?? new URL(url).host}${healthy ? "" : " down"}`).join(", ");
  /** Lets the time pass and waits for as many further questions. */
  const pass = async (ms: number, questions: number) => {
    const before = asked.length;
    clock.advance(ms);
    await waitUntil(() => asked.length >= before + questions, { what: `${questions} more questions`, ...soon });
  };
  const becomes = (text: string) => waitUntil(() => short(last()) === text, { what: text, ...soon });
  return { watch, clock, asked, names, told, last, short, pass, becomes };
}

describe("names and registries", () => {
  test("a configuration waits for its first answer; a change is told when the TTL ends; the same again is not told", async () => {
    const { watch, names, told, short, last, pass, becomes } = watchOf(() => 200);
    names.set("api.internal", ["10.0.0.1"]);
    await watch.use([apiOf({ targets: [{ dns: "api.internal" }, "http://fixed:1"] })]);
    expect(short(last())).toBe("fixed:1, 10.0.0.1");
    await pass(10_000, 1);
    names.set("api.internal", ["10.0.0.1", "10.0.0.2"]);
    const before = told.length;
    await pass(10_000, 1);
    await becomes("fixed:1, 10.0.0.1, 10.0.0.2");
    expect(told.length).toBe(before + 1);
    expect(watch.findings()).toEqual([told.at(-1)]);
    watch.stop();
  });

  test("when a source fails or has an empty list the last one stays, over a reload too, and it is counted", async () => {
    let answer: unknown = ["a:1", "b:1"];
    const { watch, asked, short, last, pass, becomes } = watchOf(() => answer);
    const upstream = { discovery: { url: "http://registry/", every: "5s" } };
    await watch.use([apiOf(upstream)]);
    expect(short(last())).toBe("a:1, b:1");
    answer = new Error("ECONNREFUSED");
    await pass(5_000, 1);
    answer = [];
    await pass(60_000, 1);
    expect(short(last())).toBe("a:1, b:1");
    await waitUntil(() => watch.figures()[0]!.sourceFailures > 0, { what: "it is counted", ...soon });
    const before = asked.length;
    await watch.use([apiOf({ ...upstream, targets: ["http://c:1"] })]);
    expect(short(last())).toBe("c:1, a:1, b:1");
    answer = ["d:1"];
    await waitUntil(() => asked.length > before, { what: "the reloaded one asks", ...soon });
    await pass(60_000, 1);
    await becomes("c:1, d:1");
    watch.stop();
  });

  test("a source that never answers holds a configuration up for its patience and no longer", async () => {
    const { watch, clock, last } = watchOf(() => new Promise(() => {}));
    const using = watch.use([apiOf({ discovery: { url: "http://registry/" } })]);
    let isDone = false;
    void using.then(() => (isDone = true));
    await waitUntil(
      () => {
        clock.advance(500);
        return isDone;
      },
      { what: "patience ends", ...soon },
    );
    expect(last()).toEqual([]);
    watch.stop();
  });

  test("what an API's own bound does not allow is dropped and shown", async () => {
    const { watch, last } = watchOf(() => Array.from({ length: 300 }, (_, index) => `h${index}:1`));
    await watch.use([apiOf({ discovery: { url: "http://registry/" } })]);
    expect(last().length).toBe(256);
    expect(watch.figures()).toMatchObject([{ api: "orders", droppedTargets: 44 }]);
    watch.stop();
  });
});

describe("active checks", () => {
  const upstream = { targets: ["http://a:1", "http://b:1/base"], health: { path: "/h", interval: "5s" } };

  test("the first check decides before the configuration is served; then thresholds do", async () => {
    const down = new Set(["http://b:1/base/h "]);
    const { watch, short, last, pass, becomes } = watchOf((asked) => (down.has(asked) ? 503 : 200));
    await watch.use([apiOf(upstream)]);
    expect(short(last())).toBe("a:1, b:1 down");
    down.clear();
    await pass(5_000, 2);
    await becomes("a:1, b:1");
    down.add("http://a:1/h ");
    await pass(5_000, 2);
    await pass(5_000, 2);
    expect(short(last())).toBe("a:1, b:1");
    await pass(5_000, 2);
    await becomes("a:1 down, b:1");
    down.clear();
    await pass(5_000, 2);
    expect(short(last())).toBe("a:1 down, b:1");
    await pass(5_000, 2);
    await becomes("a:1, b:1");
    watch.stop();
  });

  test("a reload that leaves them as they are keeps the verdicts and asks nothing anew", async () => {
    const { watch, asked, short, last } = watchOf((asked) => (asked.startsWith("http://a") ? 500 : 200));
    await watch.use([apiOf(upstream)]);
    const before = asked.length;
    await watch.use([apiOf({ ...upstream, retry: { attempts: 0 } }, { name: "Orders" })]);
    expect(asked.length).toBe(before);
    await watch.use([apiOf({ ...upstream, targets: [...upstream.targets, "http://c:1"] })]);
    expect(short(last())).toBe("a:1 down, b:1, c:1");
    watch.stop();
  });

  test("each address of a name is checked by itself, under the name", async () => {
    const { watch, names, asked, becomes } = watchOf((asked) => (asked.endsWith("10.0.0.2") ? 500 : 200));
    names.set("api.internal", ["10.0.0.1", "10.0.0.2"]);
    await watch.use([apiOf({ targets: [{ dns: "api.internal" }], health: "/h" })]);
    await becomes("10.0.0.1, 10.0.0.2 down");
    expect(asked).toContain("http://api.internal/h 10.0.0.2");
    watch.stop();
  });

  test("nothing is asked for an API that is gone or inactive", async () => {
    const { watch, clock, asked } = watchOf(() => 200);
    await watch.use([apiOf(upstream)]);
    await watch.use([apiOf(upstream, { state: "inactive" })]);
    const before = asked.length;
    clock.advance(60_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked.length).toBe(before);
    expect(watch.findings()).toEqual([]);
  });
});
