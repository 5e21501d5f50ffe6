import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FakeClock } from "#base/clock.ts";
import type { Allowance } from "./allowance.ts";
import type { Authority, Refund } from "./authority.ts";
import { LimitBook } from "./limit-book.ts";
import { LocalAuthority } from "./local-authority.ts";

const WINDOW_MS = 1_000;
const WORKERS = 3;

/** An authority that remembers how many tokens of each bucket it gave out, less those that came back. */
function counted(authority: Authority) {
  const out = new Map<string, number>();
  const add = (id: string, tokens: number) => out.set(id, (out.get(id) ?? 0) + tokens);
  const counting: Authority = {
    async take(request) {
      const answer = await authority.take(request);
      add(request.bucket.id, answer.granted);
      return answer;
    },
    giveBack(refund) {
      add(refund.bucket.id, -refund.tokens);
      authority.giveBack(refund);
    },
    async takeExactly(buckets) {
      const answer = await authority.takeExactly(buckets);
      if (answer.allowed) for (const { id } of buckets) add(id, 1);
      return answer;
    },
  };
  return { counting, out };
}

interface Sketch {
  exact: boolean;
  limits: { rate: number; second: number; quota: number };
}

/** Three workers of one node, as they are, over a clock that moves only when told. */
function startWorkers({ exact, limits }: Sketch) {
  const clock = new FakeClock(Date.UTC(2026, 0, 1) + 123);
  const { counting, out } = counted(new LocalAuthority({ clock, holders: () => WORKERS }));
  const books = Array.from({ length: WORKERS }, () => new LimitBook({ authority: counting, clock, exact }));
  const allowances = books.map((book): Record<"rate" | "second" | "quota", Allowance> => ({
    rate: book.allowance("rate", "key:a", { limit: limits.rate, windowMs: WINDOW_MS }),
    second: book.allowance("rate", "api:b", { limit: limits.second, windowMs: 3 * WINDOW_MS }),
    quota: book.allowance("quota", "key:q", { limit: limits.quota, windowMs: 20 * WINDOW_MS }),
  }));
  return { clock, books, allowances, out };
}

const draws = fc.record({
  worker: fc.integer({ min: 0, max: WORKERS - 1 }),
  calls: fc.integer({ min: 1, max: 300 }),
  of: fc.constantFrom(["rate"], ["rate", "second"], ["rate", "quota"], ["second", "rate", "quota"]) as fc.Arbitrary<
    ("rate" | "second" | "quota")[]
  >,
});
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("draw" as const), at: fc.array(draws, { minLength: 1, maxLength: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 1_500 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("sweep" as const) }) },
);
const limit = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constantFrom(1_000, 3_000));
const sketch = fc.record({ exact: fc.boolean(), limits: fc.record({ rate: limit, second: limit, quota: limit }) });

type Step =
  | { kind: "draw"; at: { worker: number; calls: number; of: ("rate" | "second" | "quota")[] }[] }
  | { kind: "pass"; ms: number }
  | { kind: "sweep" };

async function play(spec: Sketch, steps: readonly Step[]) {
  const { clock, books, allowances, out } = startWorkers(spec);
  const admitted: { atMs: number; of: string[] }[] = [];
  const refused: { atMs: number; index: string }[] = [];
  for (const action of steps) {
    if (action.kind === "pass") clock.advance(action.ms);
    else if (action.kind === "sweep") for (const book of books) book.sweep();
    else
      await Promise.all(
        action.at.flatMap(({ worker, calls, of }) =>
          Array.from({ length: calls }, async () => {
            const wanted = of.map((name) => allowances[worker]![name]);
            const refusal = await books[worker]!.draw(wanted, [], clock.now());
            if (!refusal) return admitted.push({ atMs: clock.now(), of });
            return refused.push({ atMs: clock.now(), index: refusal.allowance.bucket.id });
          }),
        ),
      );
  }
  for (const book of books) book.sweep(clock.now(), true);
  return { admitted, refused, out };
}
/** Most calls in any window of that length, counted one by one. */
function mostIn(times: readonly number[], windowMs: number): number {
  return Math.max(0, ...times.map((end) => times.filter((at) => at > end - windowMs && at <= end).length));
}

describe("workers that draw on one node", () => {
  test("never admit more than the limit in any window: exactly, or within 2 % where leases are taken ahead", async () => {
    await fc.assert(
      fc.asyncProperty(sketch, fc.array(step, { maxLength: 25 }), async (spec, steps) => {
        const { admitted } = await play(spec, steps);
        const timesOf = (name: string) => admitted.filter(({ of }) => of.includes(name)).map(({ atMs }) => atMs);
        const most = (allowed: number) => (spec.exact ? allowed : Math.max(allowed, Math.floor(allowed * 1.02)));
        expect(mostIn(timesOf("rate"), WINDOW_MS)).toBeLessThanOrEqual(most(spec.limits.rate));
        expect(mostIn(timesOf("second"), 3 * WINDOW_MS)).toBeLessThanOrEqual(most(spec.limits.second));
      }),
      { numRuns: 60 },
    );
  });

  test("never admit more than a quota in its period", async () => {
    await fc.assert(
      fc.asyncProperty(sketch, fc.array(step, { maxLength: 25 }), async (spec, steps) => {
        const { admitted } = await play(spec, steps);
        const periods = new Map<number, number>();
        for (const { atMs, of } of admitted) {
          if (!of.includes("quota")) continue;
          const period = Math.floor(atMs / (20 * WINDOW_MS));
          periods.set(period, (periods.get(period) ?? 0) + 1);
        }
        for (const count of periods.values()) expect(count).toBeLessThanOrEqual(spec.limits.quota);
      }),
      { numRuns: 60 },
    );
  });

  test("consume nothing of any limit where one of them refuses", async () => {
    await fc.assert(
      fc.asyncProperty(sketch, fc.array(step, { maxLength: 25 }), async (spec, steps) => {
        const { admitted, out } = await play(spec, steps);
        for (const [name, id] of [
          ["rate", "key:a"],
          ["second", "api:b"],
          ["quota", "key:q"],
        ] as const)
          expect(out.get(id) ?? 0).toBe(admitted.filter(({ of }) => of.includes(name)).length);
      }),
      { numRuns: 60 },
    );
  });

  test("refuse no exact call while there is room: the window and its hundredth are full", async () => {
    await fc.assert(
      fc.asyncProperty(sketch, fc.array(step, { maxLength: 25 }), async ({ limits }, steps) => {
        const { admitted, refused } = await play({ exact: true, limits }, steps);
        const times = admitted.filter(({ of }) => of.includes("rate")).map(({ atMs }) => atMs);
        for (const { atMs, index } of refused.filter(({ index }) => index === "key:a")) {
          const inWindow = times.filter((at) => at > atMs - WINDOW_MS * 1.01 - 10 && at <= atMs).length;
          expect([index, inWindow]).toEqual(["key:a", limits.rate]);
        }
      }),
      { numRuns: 40 },
    );
  });
});

test.each([true, false])(
  "a token that a refused call had taken is there for other workers at once, not when its lease ends (exact: %s)",
  async (exact) => {
    const limits = { rate: 1, second: 60, quota: 3 };
    const { clock, books, allowances } = startWorkers({ exact, limits });
    const call = (worker: number, ...of: ("rate" | "second" | "quota")[]) =>
      books[worker]!.draw(
        of.map((name) => allowances[worker]![name]),
        [],
        clock.now(),
      );
    expect(await call(0, "rate", "quota")).toBeUndefined();
    // Two tokens of the quota are left, and two calls that come at once on another worker are refused by their rate.
    const refused = await Promise.all([call(1, "rate", "quota"), call(1, "rate", "quota")]);
    expect(refused.map((refusal) => refusal?.allowance.bucket.id)).toEqual(["key:a", "key:a"]);
    expect(await call(2, "second", "quota")).toBeUndefined();
    expect(await call(2, "second", "quota")).toBeUndefined();
    expect(await call(2, "second", "quota")).toMatchObject({ allowance: allowances[2]!.quota });
  },
);

test("leases that are grown, kept to their last moment and then spent at once stay within 2 % too", async () => {
  const limits = { rate: 3_000, second: 1, quota: 1 };
  const { clock, books, allowances } = startWorkers({ exact: false, limits });
  const admitted: number[] = [];
  const call = async (worker: number) => {
    const refusal = await books[worker]!.draw([allowances[worker]!.rate], [], clock.now());
    if (!refusal) admitted.push(clock.now());
    return !refusal;
  };
  const spendAll = async () => {
    for (let worker = 0; worker < WORKERS; worker += 1) while (await call(worker));
  };
  for (let round = 0; round < 3; round += 1) {
    // One call after another: each lease that is spent makes the next one larger, and the last one is kept whole.
    for (let worker = 0; worker < WORKERS; worker += 1) {
      const { rate } = allowances[worker]!;
      for (let refills = 0, before = 0; refills < 8 && (await call(worker)); before = rate.tokens)
        if (rate.tokens > before) refills += 1;
    }
    const kept = allowances.reduce((sum, { rate }) => sum + rate.tokens, 0);
    expect(kept).toBeGreaterThan(WORKERS);
    clock.advance(WINDOW_MS - 1);
    await spendAll();
    // The cell of the kept tokens has left the window by now, but they were spent a moment ago.
    clock.advance(WINDOW_MS / 50);
    await spendAll();
    clock.advance(2 * WINDOW_MS);
  }
  expect(mostIn(admitted, WINDOW_MS)).toBeLessThanOrEqual(limits.rate * 1.02);
});

test("a quota's token of a period that has ended is not given to the next one when a rate refuses", async () => {
  const clock = new FakeClock(Date.UTC(2026, 0, 1));
  const refunds: Refund[] = [];
  const [quota, rate] = [
    { limit: 10, windowMs: 1_000 },
    { limit: 1, windowMs: 60_000 },
  ];
  const local = new LocalAuthority({ clock, holders: () => 1 });
  let whileAsked = () => Promise.resolve<unknown>(undefined);
  const authority: Authority = {
    take: (request) => local.take(request),
    giveBack: (refund) => refunds.push(refund),
    async takeExactly() {
      await whileAsked();
      return { allowed: false, index: 0, retryAfterMs: 1_000 };
    },
  };
  const book = new LimitBook({ authority, clock, exact: true });
  const [of, other] = [book.allowance("quota", "key:q", quota), book.allowance("rate", "key:r", rate)];
  const before = Math.floor(clock.now() / 1_000);
  // The period ends, and the next one's lease is taken, while the rate is asked for.
  whileAsked = () => {
    whileAsked = () => Promise.resolve(undefined);
    clock.advance(1_000);
    return book.draw([of], [], clock.now()) as Promise<unknown>;
  };
  expect(await book.draw([of, other], [], clock.now())).toMatchObject({ allowance: other });
  expect(refunds).toMatchObject([{ bucket: { id: "key:q" }, cell: before, tokens: 1 }]);
});

describe("limits by what callers send", () => {
  test.each(["key:k", "grant:orders:key:jwt:1f:ann"])(
    "are bounded in the worker and in the node; what was dropped is counted, and %s is not touched",
    async (id) => {
      const clock = new FakeClock();
      const authority = new LocalAuthority({ clock, holders: () => 1, namedCapacity: 50 });
      const book = new LimitBook({ authority, clock, namedCapacity: 10 });
      const of = (value: string) => book.allowance("rate", `by:api:0:${value}`, { limit: 5, windowMs: 60_000 });
      const key = book.allowance("rate", id, { limit: 1, windowMs: 60_000 });
      expect(await book.draw([key], [], clock.now())).toBeUndefined();
      for (let index = 0; index < 500; index += 1)
        expect(await book.draw([of(`v${index}`)], [], clock.now())).toBeUndefined();
      expect(book.figures().droppedAllowances).toBe(490);
      expect(authority.dropped).toBe(450);
      expect(await book.draw([key], [], clock.now())).toMatchObject({ allowance: key });
    },
  );

  test("callers with tokens are bounded too, apart from those", async () => {
    const clock = new FakeClock();
    const book = new LimitBook({ authority: new LocalAuthority({ clock, holders: () => 1 }), clock, namedCapacity: 3 });
    for (let index = 0; index < 5; index += 1)
      book.allowance("rate", `key:jwt:1f:${index}`, { limit: 5, windowMs: 60_000 });
    expect(book.figures().droppedAllowances).toBe(2);
  });

  test("an allowance that leaves gives its lease back", async () => {
    const clock = new FakeClock();
    const { counting, out } = counted(new LocalAuthority({ clock, holders: () => 1 }));
    const small = new LimitBook({ authority: counting, clock, namedCapacity: 1 });
    const rate = { limit: 10_000, windowMs: 60_000 };
    const first = small.allowance("rate", "by:first", rate);
    for (let call = 0; call < 30; call += 1) await small.draw([first], [], clock.now());
    expect(out.get("by:first")).toBeGreaterThan(30);
    small.allowance("rate", "by:second", rate);
    expect(out.get("by:first")).toBe(30);
  });
});

describe("nodes without a store", () => {
  test.each([
    [100, 3, 99],
    [9, 3, 9],
    [10, 4, 8],
  ])("%i among %i nodes is %i in all", async (limit, nodes, expected) => {
    const clock = new FakeClock();
    let admitted = 0;
    for (let node = 0; node < nodes; node += 1) {
      const authority = new LocalAuthority({ clock, holders: () => 1, nodes: () => nodes });
      const book = new LimitBook({ authority, clock });
      const allowance = book.allowance("rate", "key:a", { limit, windowMs: 60_000 });
      for (let call = 0; call < limit; call += 1) if (!(await book.draw([allowance], [], clock.now()))) admitted += 1;
    }
    expect(admitted).toBe(expected);
  });

  test("a node that comes or goes changes the share of those that stay", async () => {
    const clock = new FakeClock();
    let nodes = 1;
    const authority = new LocalAuthority({ clock, holders: () => 1, nodes: () => nodes });
    const book = new LimitBook({ authority, clock, exact: true });
    const allowance = book.allowance("rate", "key:a", { limit: 10, windowMs: 1_000 });
    const admit = async () => {
      let admitted = 0;
      for (let call = 0; call < 20; call += 1) if (!(await book.draw([allowance], [], clock.now()))) admitted += 1;
      clock.advance(2_000);
      return admitted;
    };
    expect(await admit()).toBe(10);
    nodes = 5;
    expect(await admit()).toBe(2);
    nodes = 2;
    expect(await admit()).toBe(5);
  });
});
