import { expect, test } from "vitest";
import { chainEntry, followChain, type Chained } from "./audit-chain.ts";

const START = { seq: 0, hash: "" };

function chainOf(...actions: string[]): Chained<{ action: string }>[] {
  const entries: Chained<{ action: string }>[] = [];
  for (const action of actions) entries.push(chainEntry(entries.at(-1) ?? START, { action }));
  return entries;
}

test("entries are numbered from one and name the hash before them", () => {
  const [first, second] = chainOf("create", "change");
  expect([first!.seq, first!.previousHash, second!.seq]).toEqual([1, "", 2]);
  expect(second!.previousHash).toBe(first!.hash);
  expect(first!.hash).toMatch(/^[0-9a-f]{64}$/);
});

test("an intact chain leads to its head, also in parts", () => {
  const chain = chainOf("a", "b", "c");
  const { seq, hash } = chain[2]!;
  expect(followChain(START, chain)).toEqual({ head: { seq, hash } });
  expect(followChain(chain[0]!, chain.slice(1))).toEqual({ head: { seq, hash } });
});

test("the order in which members are read back does not matter", () => {
  const [entry] = chainOf("a");
  const { seq, previousHash, hash, action } = entry!;
  expect(followChain(START, [{ hash, action, previousHash, seq } as never])).toHaveProperty("head");
});

test.each<[string, (chain: Chained<{ action: string }>[]) => Chained<object>[], number]>([
  ["a changed entry", ([a, b, c]) => [a!, { ...b!, action: "x" }, c!], 2],
  ["a removed entry", ([a, , c]) => [a!, c!], 2],
  ["two entries in each other's place", ([a, b, c]) => [a!, c!, b!], 2],
  ["an entry that was sealed anew", ([a, , c]) => [a!, chainEntry(a!, { action: "x" }), c!], 3],
  ["a first entry that is not the first", ([, b, c]) => [b!, c!], 1],
])("%s is found", (_what, tamper, brokenAt) => {
  expect(followChain(START, tamper(chainOf("a", "b", "c")))).toEqual({ brokenAt });
});
