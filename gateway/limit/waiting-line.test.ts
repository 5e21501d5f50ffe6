import { describe, expect, test } from "vitest";
import { FakeClock } from "#base/clock.ts";
import type { LimitRefusal } from "./allowance.ts";
import { LimitBook } from "./limit-book.ts";
import { LocalAuthority } from "./local-authority.ts";
import type { Turn } from "./waiting-line.ts";

const start = (limit = 1) => {
  const clock = new FakeClock();
  const book = new LimitBook({ authority: new LocalAuthority({ clock, holders: () => 1 }), clock });
  const api = book.allowance("rate", "api:orders", { limit, windowMs: 1_000 });
  const served: string[] = [];
  const refused: { name: string; refusal: LimitRefusal }[] = [];
  /** Who calls under which name; what becomes of it is written down in its order. */
  const call = (name: string, more: Partial<Turn> & { with?: (typeof api)[] } = {}) => {
    const { with: keyed = [], ...turn } = more;
    const full: Turn = { caller: name[0]!, queue: 10, waitUpToMs: 5_000, isGone: () => false, ...turn };
    const drawn = Promise.resolve(book.drawInTurn(keyed, [api], full, clock.now()));
    return drawn.then((refusal) => (refusal ? refused.push({ name, refusal }) : served.push(name)));
  };
  /** Lets everything that is due happen: promises, then the clock, a millisecond a time. */
  const pass = async (ms: number) => {
    for (let passed = 0; passed <= ms; passed += 1) {
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      if (passed < ms) clock.advance(1);
    }
  };
  return { clock, book, api, call, served, refused, pass };
};

describe("a call over the rate", () => {
  test("waits until there is a token and is served then, in place of a 429", async () => {
    const { call, served, refused, pass, book } = start();
    void call("a1");
    await pass(1);
    void call("a2");
    await pass(900);
    expect([served, book.figures().waiting]).toEqual([["a1"], 1]);
    await pass(120);
    expect([served, refused, book.figures().waiting]).toEqual([["a1", "a2"], [], 0]);
  });

  test("is refused when its time is over, and its place is free again", async () => {
    const { call, served, refused, pass, book } = start();
    for (const name of ["a1", "a2", "a3"]) void call(name, { waitUpToMs: 1_500 });
    await pass(1_600);
    expect(served).toEqual(["a1", "a2"]);
    expect(refused.map(({ name }) => name)).toEqual(["a3"]);
    expect(book.figures().waiting).toBe(0);
  });

  test("that could not have its token in time is refused at once", async () => {
    const { call, refused, pass } = start();
    void call("a1");
    await pass(1);
    void call("a2", { waitUpToMs: 500 });
    await pass(1);
    expect(refused.map(({ name }) => name)).toEqual(["a2"]);
  });

  test("finds no place in a full line", async () => {
    const { call, refused, pass } = start();
    for (const name of ["a1", "a2", "a3", "a4"]) void call(name, { queue: 2 });
    await pass(1);
    expect(refused.map(({ name }) => name)).toEqual(["a4"]);
  });

  test("whose client has gone takes no token from the next", async () => {
    const { call, served, pass } = start();
    let gone = false;
    void call("a1");
    await pass(1);
    void call("a2", { isGone: () => gone });
    void call("b1");
    gone = true;
    await pass(1_020);
    expect(served).toEqual(["a1", "b1"]);
  });

  test("is answered at once where a quota is what refuses", async () => {
    const { call, refused, served, pass, book } = start(10);
    const quota = book.allowance("quota", "key:a", { limit: 1, windowMs: 86_400_000 });
    void call("a1", { with: [quota] });
    await pass(1);
    void call("a2", { with: [quota] });
    await pass(1);
    expect([served, refused.map(({ refusal }) => refusal.allowance)]).toEqual([["a1"], [quota]]);
  });
});

describe("fairness", () => {
  test("callers take turns, however many calls one of them has waiting", async () => {
    const { call, served, pass } = start();
    void call("a1");
    await pass(1);
    for (const name of ["a2", "a3", "a4", "b1", "c1"]) void call(name, { waitUpToMs: 60_000 });
    await pass(5_100);
    expect(served).toEqual(["a1", "a2", "b1", "c1", "a3", "a4"]);
  });

  test("who fills the line alone gives up its last place to another caller", async () => {
    const { call, served, refused, pass } = start();
    void call("a1");
    await pass(1);
    for (const name of ["a2", "a3", "a4", "b1", "a5"]) void call(name, { queue: 3, waitUpToMs: 60_000 });
    await pass(1);
    expect(refused.map(({ name }) => name)).toEqual(["a4", "a5"]);
    await pass(3_100);
    expect(served).toEqual(["a1", "a2", "b1", "a3"]);
  });

  test("a newcomer does not overtake those who wait", async () => {
    const { call, served, pass } = start();
    void call("a1");
    await pass(1);
    void call("a2", { waitUpToMs: 60_000 });
    await pass(1_011);
    void call("b1", { waitUpToMs: 60_000 });
    await pass(1_020);
    expect(served).toEqual(["a1", "a2", "b1"]);
  });

  test("who is held up by a limit of its own does not hold up the others", async () => {
    const { call, served, pass, book } = start(2);
    const slow = book.allowance("rate", "key:a", { limit: 1, windowMs: 10_000 });
    void call("a1", { with: [slow] });
    void call("b1");
    await pass(1);
    for (const name of ["a2", "b2", "c2"])
      void call(name, { waitUpToMs: 60_000, ...(name === "a2" ? { with: [slow] } : {}) });
    await pass(1_100);
    expect(served).toEqual(["a1", "b1", "b2", "c2"]);
    await pass(9_100);
    expect(served).toEqual(["a1", "b1", "b2", "c2", "a2"]);
  });
});

test("a thousand waiters get exactly the rate's tokens, none twice", async () => {
  const { call, served, refused, pass } = start(50);
  for (let index = 0; index < 300; index += 1) void call(`${index % 7}-${index}`, { queue: 1_000, waitUpToMs: 3_000 });
  await pass(3_100);
  // One window at once, and one more at each that ended while they waited.
  expect(served).toHaveLength(150);
  expect(refused).toHaveLength(150);
  expect(new Set([...served, ...refused.map(({ name }) => name)]).size).toBe(300);
});
