import { describe, expect, test } from "vitest";
import { FakeClock } from "#base/clock.ts";
import { AttemptBook, type ShutAddress } from "./attempt-book.ts";
import { RecentSecrets } from "./recent-secrets.ts";
import { RefreshBudget } from "./refresh-budget.ts";

const NOW = Date.UTC(2026, 0, 1);

describe("wrong attempts", () => {
  test("ten a minute are answered, then the address waits until the minute is over", () => {
    const book = new AttemptBook();
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect(book.waitMs("192.0.2.1", NOW + attempt)).toBe(0);
      book.failed("192.0.2.1", NOW + attempt);
    }
    expect(book.waitMs("192.0.2.1", NOW + 20_000)).toBe(40_000);
    expect(book.waitMs("192.0.2.2", NOW + 20_000)).toBe(0);
    expect(book.waitMs("192.0.2.1", NOW + 60_000)).toBe(0);
  });

  test("of all workers are ten a minute: who counts them says once whom to shut out, and tells a worker that comes later", () => {
    const node = new AttemptBook();
    const said: ShutAddress[][] = [];
    const workers = [1, 2, 3, 4].map(
      () =>
        new AttemptBook((address, nowMs) => {
          const untilMs = node.failed(address, nowMs);
          if (untilMs !== undefined) said.push([[address, untilMs]]);
        }),
    );
    // Three more than ten, which were under way when the tenth failed.
    for (let attempt = 0; attempt < 13; attempt += 1) workers[attempt % 4]!.failed("192.0.2.1", NOW);
    expect(said).toEqual([[["192.0.2.1", NOW + 60_000]]]);
    expect(workers.map((worker) => worker.waitMs("192.0.2.1", NOW))).toEqual([0, 0, 0, 0]);
    for (const worker of workers) worker.shut(said[0]!);
    expect(workers.map((worker) => worker.waitMs("192.0.2.1", NOW + 20_000))).toEqual([40_000, 40_000, 40_000, 40_000]);
    node.failed("192.0.2.2", NOW);
    expect(node.shutNow(NOW)).toEqual([["192.0.2.1", NOW + 60_000]]);
    expect(node.shutNow(NOW + 60_000)).toEqual([]);
  });
});

describe("secrets", () => {
  test("are read once a second, and a changed one is in use from then on", () => {
    const clock = new FakeClock();
    const store = { value: "one", reads: 0 };
    const read = () => {
      store.reads += 1;
      return store.value;
    };
    const secrets = new RecentSecrets({ read }, clock);
    expect([secrets.read("file:///a"), secrets.read("file:///a")]).toEqual(["one", "one"]);
    expect(store.reads).toBe(1);
    store.value = "two";
    clock.advance(1_000);
    expect(secrets.read("file:///a")).toBe("two");
  });
});

describe("questions to an issuer", () => {
  test("five in a row, then one in ten seconds", () => {
    const budget = new RefreshBudget();
    const taken = () => Array.from({ length: 10 }, () => budget.take(NOW)).filter(Boolean).length;
    expect(taken()).toBe(5);
    expect(budget.take(NOW + 9_000)).toBe(false);
    expect(budget.take(NOW + 10_000)).toBe(true);
    expect(budget.take(NOW + 10_000)).toBe(false);
  });
});
