import { join } from "node:path";
import { z } from "zod";
import { Lru } from "#base/lru.ts";
import type { Logger } from "#base/log.ts";
import { keyRecord, type KeyRecord } from "#contracts/key/record.ts";
import type { KeyEvent } from "#contracts/link/messages.ts";
import type { Identity } from "./identity.ts";
import { SealedFile } from "./sealed-file.ts";

const kept = z.strictObject({ cursor: z.int().min(0).nullable(), keys: z.array(keyRecord) });

/** Keys past this many leave, the one used longest ago first; they are asked for again when they come. */
const CAPACITY = 50_000;

/**
 * The keys that this node has met, with the cursor up to which it has heard of changes. Both lie on disk in one sealed
 * file, so that after a restart without control plane every key that worked still works, and none that was revoked.
 */
export class KeyStore {
  readonly #keys = new Lru<string, KeyRecord>(CAPACITY);
  readonly #file: SealedFile<z.infer<typeof kept>>;
  readonly #log: Logger;
  #dirty = false;
  cursor: number | null = null;

  constructor(folder: string, identity: Identity, log: Logger) {
    this.#log = log;
    this.#file = new SealedFile(join(folder, "keys"), identity.sealingKey, kept);
    const before = this.#file.read(log);
    if (!before) return;
    this.cursor = before.cursor;
    for (const key of before.keys) this.#keys.set(key.hash, key);
  }

  get size(): number {
    return this.#keys.size;
  }

  get(hash: string): KeyRecord | undefined {
    return this.#keys.get(hash);
  }

  /** From a look-up or a verification: an older record never replaces a newer one that an event brought. */
  put(key: KeyRecord): KeyRecord {
    const held = this.#keys.peek(key.hash);
    if (held && held.version > key.version) return held;
    this.#keys.set(key.hash, key);
    this.#dirty = true;
    return key;
  }

  drop(hash: string): void {
    this.#dirty = this.#keys.delete(hash) || this.#dirty;
  }

  /** What changed, in the order in which it did. New keys are taken in too: they work here from their first second on. */
  take(items: readonly KeyEvent[], cursor: number): void {
    for (const { hash, key } of items) {
      if (key === null) this.#keys.delete(hash);
      else this.#keys.set(hash, key);
    }
    this.cursor = cursor;
    this.#dirty = true;
  }

  /** Everything up to here is known by another way than events. */
  reach(cursor: number): void {
    this.cursor = Math.max(cursor, this.cursor ?? 0);
    this.#dirty = true;
  }

  /** What this node holds, for the plane to compare. */
  held(): { hash: string; version: number }[] {
    return [...this.#keys.entries()].map(([hash, { version }]) => ({ hash, version }));
  }

  /** Writes what changed since the last call. */
  save(): void {
    if (!this.#dirty) return;
    const keys = [...this.#keys.entries()].map(([, key]) => key);
    this.#dirty = !this.#file.write({ cursor: this.cursor, keys }, this.#log);
  }
}
