import type { Logger } from "#base/log.ts";
import type { KeyRecord } from "#contracts/key/record.ts";
import type { KeyEvent } from "#contracts/link/messages.ts";
import type { ConfiguredNode } from "#gateway/config/index.ts";
import type { KeyOutcome } from "#gateway/session/index.ts";
import type { KeyStore } from "./key-store.ts";
import type { LinkSession } from "./session.ts";

const LOOKUP_MS = 3_000;
const VERIFY_MS = 30_000;
const VERIFY_AT_ONCE = 1_000;

/** Questions about keys: answered from what this node holds, else by the plane; and what the plane says unasked. */
export class KeyDesk {
  readonly #store: KeyStore;
  readonly #session: () => LinkSession | undefined;
  readonly #push: ConfiguredNode["pushKeys"];
  readonly #log: Logger;
  readonly #inquiries = new Map<string, Promise<KeyOutcome>>();

  constructor(store: KeyStore, session: () => LinkSession | undefined, push: ConfiguredNode["pushKeys"], log: Logger) {
    this.#store = store;
    this.#session = session;
    this.#push = push;
    this.#log = log;
  }

  /** Questions about one key that come together are asked once. */
  resolve(hash: string): Promise<KeyOutcome> {
    const key = this.#store.get(hash);
    if (key) return Promise.resolve({ at: "found", key });
    const inquiry = this.#inquiries.get(hash) ?? this.#inquire(hash).finally(() => this.#inquiries.delete(hash));
    this.#inquiries.set(hash, inquiry);
    return inquiry;
  }

  take({ cursor, items }: { cursor: number; items: KeyEvent[] }): void {
    this.#store.take(items, cursor);
    if (items.length > 0) this.#push(items.map(({ hash, key }) => ({ hash, key })));
  }

  /** The event log no longer reaches back: every key that is held is compared, and none is forgotten for it. */
  async resync(session: LinkSession, cursor: number): Promise<void> {
    const held = this.#store.held();
    for (let start = 0; start < held.length; start += VERIFY_AT_ONCE) {
      const changed = await session.verify(held.slice(start, start + VERIFY_AT_ONCE), VERIFY_MS);
      // The link broke; the next one begins with the old cursor and asks again.
      if (!changed) return;
      this.#verified(changed);
    }
    this.#store.reach(cursor);
    this.#log.info({ keys: held.length, cursor }, "keys verified with the control plane");
  }

  async #inquire(hash: string): Promise<KeyOutcome> {
    const answer = await this.#session()?.lookUp(hash, LOOKUP_MS);
    // An event may have overtaken the answer: what it left here is newer.
    const known = this.#store.get(hash);
    if (known) return { at: "found", key: known };
    if (answer === undefined) return { at: "unreachable" };
    return answer === null ? { at: "unknown" } : { at: "found", key: this.#store.put(answer) };
  }

  #verified(changed: { hash: string; key: KeyRecord | null }[]): void {
    for (const { hash, key } of changed) {
      if (key) this.#store.put(key);
      else this.#store.drop(hash);
    }
    if (changed.length > 0) this.#push(changed);
  }
}
