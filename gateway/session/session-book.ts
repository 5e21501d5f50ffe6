import { hash } from "node:crypto";
import type { KeyRecord } from "#contracts/key/record.ts";
import type { Policy } from "#contracts/policy/policy.ts";
import { Lru } from "#base/lru.ts";
import type { LimitBook } from "#gateway/limit/index.ts";
import { compileSession, type Session } from "./compile-session.ts";
import type { Identity } from "./identity.ts";

/** `unreachable` is its own answer: the store could not be asked, which says nothing about the key. */
export type KeyOutcome = { at: "found"; key: KeyRecord } | { at: "unknown" } | { at: "unreachable" };
export type KeyLookup = (hash: string) => Promise<KeyOutcome>;

/** What plugins need of sessions. */
export interface SessionSource {
  /** A promise only when the key has to be asked for. `null`: unknown; `undefined`: the store could not be reached. */
  find(hash: string, nowMs: number): Session | null | Promise<Session | null | undefined>;
  /** The session of a caller that has no key, by the policies of now. */
  sessionOf(identity: Identity): Session;
}

interface Entry {
  key: KeyRecord;
  session: Session;
  /** The policies that the session was compiled with. */
  generation: number;
}

export interface SessionBookOptions {
  lookup: KeyLookup;
  limits: LimitBook;
  capacity?: number;
  /** How long an unknown key is remembered as such; an event about the key ends it at once. */
  negativeMs?: number;
  /** Lookups in flight; past it a miss is answered as `unreachable`, so that a flood of random keys cannot pile up. */
  maxLookups?: number;
}

export function hashOfKey(text: string): string {
  return hash("sha256", text, "hex");
}

/** A worker's sessions: bounded, recompiled when policies change, with one shared look-up for each missing key. */
export class SessionBook implements SessionSource {
  readonly #options: Required<SessionBookOptions>;
  readonly #entries: Lru<string, Entry>;
  readonly #unknownUntil: Lru<string, number>;
  readonly #lookups = new Map<string, Promise<Session | null | undefined>>();
  #policies: ReadonlyMap<string, Policy> = new Map();
  #generation = 0;

  constructor(options: SessionBookOptions) {
    this.#options = { capacity: 50_000, negativeMs: 5_000, maxLookups: 1_000, ...options };
    this.#entries = new Lru(this.#options.capacity);
    this.#unknownUntil = new Lru(10_000);
  }

  find(hash: string, nowMs: number): Session | null | Promise<Session | null | undefined> {
    const entry = this.#entries.get(hash);
    if (entry !== undefined) return entry.generation === this.#generation ? entry.session : this.#recompile(entry);
    const until = this.#unknownUntil.peek(hash);
    if (until !== undefined && until > nowMs) return null;
    return this.#lookUp(hash, nowMs);
  }

  sessionOf(identity: Identity): Session {
    if (identity.session !== undefined && identity.generation === this.#generation) return identity.session;
    identity.session = compileSession(identity.record, this.#policies, this.#options.limits, identity.claims);
    identity.generation = this.#generation;
    return identity.session;
  }

  usePolicies(policies: ReadonlyMap<string, Policy>): void {
    this.#policies = policies;
    this.#generation += 1;
  }

  /** The key changed: the newer record, or null when it was revoked. */
  put(hash: string, key: KeyRecord | null): void {
    this.#unknownUntil.delete(hash);
    // A look-up that is in flight may carry the record from before this event: its answer must not be kept.
    this.#lookups.delete(hash);
    if (key) this.#keep(hash, key);
    else this.#entries.delete(hash);
  }

  /** Forgets every entry; the next use asks again. For a change of the whole key set. */
  clear(): void {
    this.#entries.clear();
    this.#unknownUntil.clear();
    this.#lookups.clear();
  }

  get size(): number {
    return this.#entries.size;
  }

  #recompile(entry: Entry): Session {
    entry.session = compileSession(entry.key, this.#policies, this.#options.limits);
    entry.generation = this.#generation;
    return entry.session;
  }

  #keep(hash: string, key: KeyRecord): Session {
    const session = compileSession(key, this.#policies, this.#options.limits);
    this.#entries.set(hash, { key, session, generation: this.#generation });
    return session;
  }

  #lookUp(hash: string, nowMs: number): Promise<Session | null | undefined> {
    const pending = this.#lookups.get(hash);
    if (pending) return pending;
    if (this.#lookups.size >= this.#options.maxLookups) return Promise.resolve(undefined);
    const lookup: Promise<Session | null | undefined> = this.#options.lookup(hash).then(
      (outcome) => this.#settle(hash, lookup, outcome, nowMs),
      () => this.#settle(hash, lookup, { at: "unreachable" }, nowMs),
    );
    this.#lookups.set(hash, lookup);
    return lookup;
  }

  #settle(hash: string, lookup: Promise<unknown>, outcome: KeyOutcome, nowMs: number): Session | null | undefined {
    const isCurrent = this.#lookups.get(hash) === lookup;
    if (isCurrent) this.#lookups.delete(hash);
    if (outcome.at === "unreachable") return undefined;
    // An event overtook this look-up: the entry that it left, or its absence, is the newer truth.
    if (!isCurrent) return this.#entries.peek(hash)?.session ?? null;
    if (outcome.at === "found") return this.#keep(hash, outcome.key);
    this.#unknownUntil.set(hash, nowMs + this.#options.negativeMs);
    return null;
  }
}
