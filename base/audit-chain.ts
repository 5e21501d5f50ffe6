import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical.ts";

/** The newest entry of a chain: what the next one continues. `{ seq: 0, hash: "" }` before the first. */
export interface ChainHead {
  seq: number;
  hash: string;
}

export type Chained<Entry> = Entry & { seq: number; previousHash: string; hash: string };

/**
 * Numbers an entry and seals it: SHA-256 over all of it, which names the hash before, so that one changed entry breaks all
 * that follow. Whoever appends holds the head's lock.
 */
export function chainEntry<Entry extends object>(head: ChainHead, entry: Entry): Chained<Entry> {
  const numbered = { ...entry, seq: head.seq + 1, previousHash: head.hash };
  return { ...numbered, hash: hashOf(numbered) };
}

/**
 * Walks entries in their order (each exactly as it was chained, `hash` included) from the head before them. Gives the head
 * after them, or the number of the first that was changed, removed or moved.
 */
export function followChain(
  from: ChainHead,
  entries: Iterable<Chained<object>>,
): { head: ChainHead } | { brokenAt: number } {
  let head = from;
  for (const { hash, ...entry } of entries) {
    const intact = entry.seq === head.seq + 1 && entry.previousHash === head.hash && hashOf(entry) === hash;
    if (!intact) return { brokenAt: head.seq + 1 };
    head = { seq: entry.seq, hash };
  }
  return { head };
}

const hashOf = (entry: object): string => createHash("sha256").update(canonicalJson(entry)).digest("hex");
