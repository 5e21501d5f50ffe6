import { describe, expect, test } from "vitest";
import { FakeClock } from "#base/clock.ts";
import { FirstUses, type NonceStore } from "./first-uses.ts";
import { NonceBook } from "./nonce-book.ts";
import { ReplayBook } from "./replay-book.ts";

const NOW = Date.UTC(2026, 0, 1);

describe("a node's memory of nonces", () => {
  test("lets each be used once until its time is over", () => {
    const book = new NonceBook(10);
    expect(book.use("a", NOW, NOW + 10)).toBe(true);
    expect(book.use("a", NOW + 9, NOW + 19)).toBe(false);
    expect(book.use("a", NOW + 10, NOW + 20)).toBe(true);
    expect(book.forgotten).toBe(0);
  });

  test("is bounded, and counts what it forgot before its time, and nothing else", () => {
    const book = new NonceBook(1_000);
    for (let index = 0; index < 1_003; index += 1) book.use(`nonce-${index}`, NOW, NOW + 10);
    expect(book.forgotten).toBe(3);
    expect(book.use("nonce-1002", NOW, NOW + 10)).toBe(false);
    expect(book.use("nonce-0", NOW, NOW + 10)).toBe(true);
    expect(book.forgotten).toBe(4);
    // Their time is over: that they leave takes nothing from anyone.
    for (let index = 0; index < 900; index += 1) book.use(`later-${index}`, NOW + 10, NOW + 20);
    expect(book.forgotten).toBe(4);
  });
});

/** A store that many share, which can be away. */
class Store implements NonceStore {
  readonly #book = new NonceBook(1_000);
  asked = 0;
  isAway = false;

  async isFirst(nonce: string, nowMs: number, untilMs: number): Promise<boolean> {
    this.asked += 1;
    if (this.isAway) throw new Error("away");
    return this.#book.use(nonce, nowMs, untilMs);
  }
}

function nodeOf(cluster?: Store) {
  const [clock, node, changes] = [new FakeClock(NOW), new Store(), [] as boolean[]];
  const workers = [1, 2, 3, 4].map(() => {
    const uses = new FirstUses({ node, cluster, clock, onChange: (isAway) => changes.push(isAway) });
    return new ReplayBook(uses);
  });
  const useNow = (worker: number, nonce: string) => workers[worker]!.use(nonce, clock.now(), clock.now() + 60_000);
  const use = async (worker: number, nonce: string) => useNow(worker, nonce);
  return { clock, node, workers, changes, use, useNow };
}

describe("a nonce", () => {
  test("is let in once by all workers of a node, who ask at the same time", async () => {
    const { use } = nodeOf();
    const answers = await Promise.all([0, 1, 2, 3, 0, 1].map((worker) => use(worker, "a")));
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  test("that a worker knows is refused without a question", async () => {
    const { node, use, useNow } = nodeOf();
    await use(0, "a");
    expect(useNow(0, "a")).toBe(false);
    expect(node.asked).toBe(1);
  });

  test("is let in once by all nodes of a cluster, and one worker of a node asks the cluster", async () => {
    const cluster = new Store();
    const nodes = [nodeOf(cluster), nodeOf(cluster)];
    const answers = await Promise.all(nodes.flatMap(({ use }) => [use(0, "a"), use(1, "a"), use(2, "a")]));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(cluster.asked).toBe(2);
  });

  test("is decided by the node while the cluster cannot be asked, which is told, counted, and refuses nobody", async () => {
    const cluster = new Store();
    const { clock, workers, changes, use } = nodeOf(cluster);
    cluster.isAway = true;
    expect(await Promise.all([use(0, "a"), use(1, "a"), use(0, "b")])).toEqual([true, false, true]);
    expect(changes).toEqual([true]);
    expect(workers[0]!.unshared).toBe(2);
    const { asked } = cluster;
    expect(await use(0, "c")).toBe(true);
    expect(cluster.asked).toBe(asked);

    clock.advance(1_000);
    // One call finds out that it is still away; those that come with it do not wait for that.
    expect(await Promise.all([use(0, "e"), use(0, "f")])).toEqual([true, true]);
    expect(cluster.asked).toBe(asked + 1);

    cluster.isAway = false;
    clock.advance(1_000);
    expect(await use(0, "d")).toBe(true);
    expect(changes).toEqual([true, false]);
    // The node remembers what was used meanwhile, though the cluster never heard of it.
    expect(await use(2, "a")).toBe(false);
    expect(workers[0]!.unshared).toBe(5);
  });
});
