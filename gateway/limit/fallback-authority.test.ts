import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FakeClock } from "#base/clock.ts";
import type { Bucket } from "./authority.ts";
import { FallbackAuthority, type SharedAuthority } from "./fallback-authority.ts";
import { LimitBook } from "./limit-book.ts";
import { LocalAuthority } from "./local-authority.ts";

const HOUR_MS = 3_600_000;

/** The cluster's store: the same rules as a node's counts, a switch to be away, and the charge that only stores take. */
class FakeStore extends LocalAuthority implements SharedAuthority {
  holders: number;
  away = false;
  charged = 0;

  constructor(clock: FakeClock, holders: number) {
    super({ clock, holders: () => holders });
    this.holders = holders;
  }

  override async take(request: Parameters<LocalAuthority["takeNow"]>[0]) {
    this.#demandPresence();
    return super.takeNow(request);
  }

  override async takeExactly(buckets: readonly Bucket[]) {
    this.#demandPresence();
    return super.takeExactly(buckets);
  }

  override giveBack(refund: Parameters<LocalAuthority["giveBack"]>[0]): void {
    if (!this.away) super.giveBack(refund);
  }

  async ping(): Promise<void> {
    this.#demandPresence();
  }

  async charge(bucket: Bucket, _period: number, tokens: number): Promise<void> {
    this.#demandPresence();
    this.charged += tokens;
    super.takeNow({ bucket, waiting: tokens, ahead: 0 });
  }

  #demandPresence(): void {
    if (this.away) throw new Error("the store is away");
  }
}

function startCluster(nodes: number) {
  const clock = new FakeClock();
  const store = new FakeStore(clock, nodes);
  const members = Array.from({ length: nodes }, () => {
    const said: boolean[] = [];
    const node = new LocalAuthority({ clock, holders: () => 1 });
    const onChange = (degraded: boolean) => said.push(degraded);
    const authority = new FallbackAuthority({ store, node, clock, workers: 1, onChange });
    return { authority, book: new LimitBook({ authority, clock }), said };
  });
  const call = async (member: number, kind: "rate" | "quota", limit: number, windowMs = HOUR_MS) => {
    const { book } = members[member]!;
    const allowance = book.allowance(kind, "key:a", { limit, windowMs });
    return (await book.draw([allowance], [], clock.now())) === undefined;
  };
  const calls = async (member: number, kind: "rate" | "quota", limit: number, count: number) => {
    let admitted = 0;
    for (let index = 0; index < count; index += 1) if (await call(member, kind, limit)) admitted += 1;
    return admitted;
  };
  return { clock, store, members, call, calls };
}

describe("while the store is away", () => {
  test("it is said once, callers are served, and its return is found within a second", async () => {
    const { clock, store, members, call } = startCluster(1);
    store.away = true;
    for (let index = 0; index < 5; index += 1) expect(await call(0, "rate", 100, 1_000)).toBe(true);
    expect(members[0]!.said).toEqual([true]);
    store.away = false;
    clock.advance(1_000);
    members[0]!.book.sweep();
    expect(await call(0, "rate", 100, 1_000)).toBe(true);
    expect(members[0]!.said).toEqual([true, false]);
  });

  test("its return is found without any call, by asking it now and then", async () => {
    const { clock, store, members, call } = startCluster(1);
    store.away = true;
    await call(0, "rate", 100, 1_000);
    for (const away of [true, false]) {
      store.away = away;
      clock.advance(1_000);
      await members[0]!.authority.probe();
      expect(members[0]!.authority.degraded).toBe(away);
    }
  });

  test("each node has its share of a rate, by the nodes that were last seen", async () => {
    const { store, calls } = startCluster(3);
    store.away = true;
    const admitted = [
      await calls(0, "rate", 90, 100),
      await calls(1, "rate", 90, 100),
      await calls(2, "rate", 90, 100),
    ];
    expect(admitted).toEqual([30, 30, 30]);
  });

  test("a quota goes on from where the store had it, and what was given out is counted there afterwards", async () => {
    const { clock, store, members, calls } = startCluster(1);
    expect(await calls(0, "quota", 50, 20)).toBe(20);
    store.away = true;
    expect(await calls(0, "quota", 50, 10)).toBe(10);
    store.away = false;
    clock.advance(1_000);
    members[0]!.book.sweep();
    expect(await calls(0, "quota", 50, 100)).toBe(20);
    expect(store.charged).toBe(10);
  });

  test("and a second outage does not count the first one's again", async () => {
    const { clock, store, members, calls } = startCluster(1);
    for (let outage = 0; outage < 2; outage += 1) {
      store.away = true;
      expect(await calls(0, "quota", 50, 10)).toBe(10);
      store.away = false;
      clock.advance(1_000);
      members[0]!.book.sweep();
      expect(await calls(0, "quota", 50, 5)).toBe(5);
    }
    store.away = true;
    expect(await calls(0, "quota", 50, 100)).toBe(20);
  });
});

test("tokens go back to where they were counted, and make none elsewhere", async () => {
  const { clock, store, members, calls } = startCluster(1);
  const { book, authority } = members[0]!;
  const bucket = { kind: "rate", id: "key:a", limit: 1_000, windowMs: HOUR_MS } as const;
  await calls(0, "rate", 1_000, 10);
  store.away = true;
  // The node counted ten as well: without the origin, the store's tokens would be taken off them.
  const lease = await authority.take({ bucket, waiting: 10, ahead: 0 });
  const fromStore = { bucket, cell: lease.cell, tokens: 5, origin: "store" } as const;
  authority.giveBack(fromStore);
  expect((await authority.take({ bucket, waiting: 1, ahead: 0 })).remaining).toBe(1_000 - 11);
  authority.giveBack({ ...fromStore, origin: "node" });
  expect((await authority.take({ bucket, waiting: 1, ahead: 0 })).remaining).toBe(1_000 - 7);
  book.sweep(clock.now(), true);
});

test("one node never gives out more than a quota, however often its store goes and comes", async () => {
  const step = fc.oneof(
    fc.record({ calls: fc.integer({ min: 1, max: 400 }) }),
    fc.record({ away: fc.boolean() }),
    fc.record({ ms: fc.integer({ min: 1, max: 3_000 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(7, 300, 2_000), fc.array(step, { maxLength: 30 }), async (limit, steps) => {
      const { clock, store, members, calls } = startCluster(1);
      let admitted = 0;
      for (const action of steps) {
        if ("calls" in action) admitted += await calls(0, "quota", limit, action.calls);
        if ("away" in action) store.away = action.away;
        if ("ms" in action) clock.advance(action.ms);
        members[0]!.book.sweep();
      }
      expect(admitted).toBeLessThanOrEqual(limit);
    }),
    { numRuns: 60 },
  );
});
