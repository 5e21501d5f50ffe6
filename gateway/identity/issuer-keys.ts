import type { Clock } from "#base/clock.ts";
import { Lru } from "#base/lru.ts";
import { readKeySet, type KeySet } from "./key-set.ts";
import type { KeysFound, KeySource } from "./key-source.ts";
import type { Outbound } from "./outbound.ts";
import { REFRESH_EVERY_MS, RefreshBudget } from "./refresh-budget.ts";

/** The address of a set, or an issuer that tells it (OpenID Connect Discovery 1.0, 4). */
export type KeysAddress = { jwks: string } | { discovery: string };

export interface IssuerKeysOptions {
  address: KeysAddress;
  staleForMs: number;
  rotationOverlapMs: number;
  outbound: Outbound;
  clock: Clock;
  /** Numbers that no other set of this worker has had. */
  nextVersion(): number;
}

/** A set is asked for again past this age, while the one that is there serves. */
const FRESH_MS = 300_000;
/** Sets that were left behind and still verify; an issuer that rotates faster than this is not one to trust for long. */
const MAX_RETIRED = 4;
const MAX_MISSING = 1_000;

/**
 * An issuer's keys over the network. A key id that is not known asks again, within a budget; a set that is there serves
 * while it is refreshed and, for a stated time, while the issuer is down. What cannot be known is never said of a token.
 */
export class IssuerKeys implements KeySource {
  readonly #options: IssuerKeysOptions;
  readonly #budget = new RefreshBudget();
  /** Key ids that were asked for in vain, and since when. Bounded: a client makes up as many as it likes. */
  readonly #missing = new Lru<string, number>(MAX_MISSING);
  #current: KeySet | undefined = undefined;
  #retired: { set: KeySet; untilMs: number }[] = [];
  #version = 0;
  #askedAtMs = 0;
  /** The next time at which something about the set changes by time alone; until then a look is enough. */
  #quietUntilMs = 0;
  #refreshing: Promise<boolean> | undefined = undefined;

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
  }

  version(nowMs: number): number | null {
    if (nowMs < this.#quietUntilMs) return this.#version;
    this.#age(nowMs);
    return this.#isUsable(nowMs) ? this.#version : null;
  }

  find(kid: string | undefined, algorithm: string, nowMs: number): KeysFound | Promise<KeysFound> {
    if (this.version(nowMs) === null) return this.#findAfterRefresh(kid, algorithm, nowMs);
    const keys = this.#candidates(kid, algorithm);
    if (keys.length > 0 || this.#isKnownMissing(`${kid} ${algorithm}`, nowMs)) return keys;
    return this.#findAfterRefresh(kid, algorithm, nowMs);
  }

  async #findAfterRefresh(kid: string | undefined, algorithm: string, nowMs: number): Promise<KeysFound> {
    // What is under way began before this call, so it may bring the key, but cannot prove that there is none.
    if (this.#refreshing && (await this.#refreshing)) {
      const keys = this.#candidates(kid, algorithm);
      if (keys.length > 0) return keys;
    }
    const name = `${kid} ${algorithm}`;
    if (this.#missing.peek(name) === undefined) this.#missing.set(name, nowMs);
    const asked = this.#refresh(this.#options.clock.now());
    if (asked === undefined) return this.#budget.lastFailed ? "issuer_unreachable" : "issuer_busy";
    if (!(await asked)) return "issuer_unreachable";
    const keys = this.#candidates(kid, algorithm);
    if (keys.length > 0) this.#missing.delete(name);
    return keys;
  }

  /** A set that was asked for after the id was first seen lacks it: so does the issuer, until its next turn. */
  #isKnownMissing(name: string, nowMs: number): boolean {
    const seenAtMs = this.#missing.peek(name);
    if (seenAtMs === undefined || this.#askedAtMs < seenAtMs) return false;
    return nowMs - this.#askedAtMs < REFRESH_EVERY_MS;
  }

  #candidates(kid: string | undefined, algorithm: string) {
    const sets = [this.#current, ...this.#retired.map(({ set }) => set)];
    return sets.flatMap((set) => set?.candidates(kid, algorithm) ?? []);
  }

  #isUsable(nowMs: number): boolean {
    return this.#current !== undefined && nowMs <= this.#askedAtMs + FRESH_MS + this.#options.staleForMs;
  }

  #age(nowMs: number): void {
    const verifying = this.#retired.filter(({ untilMs }) => untilMs > nowMs);
    if (verifying.length < this.#retired.length) this.#version = this.#options.nextVersion();
    this.#retired = verifying;
    const isFresh = nowMs < this.#askedAtMs + FRESH_MS;
    // Asked for on the side: the call that noticed does not wait for it.
    if (!isFresh && this.#current) void this.#refresh(nowMs);
    this.#quietUntilMs = isFresh
      ? Math.min(this.#askedAtMs + FRESH_MS, ...verifying.map(({ untilMs }) => untilMs))
      : nowMs;
  }

  /** Whether the issuer answered; undefined: it may not be asked now. One request at a time, whoever waits for it. */
  #refresh(nowMs: number): Promise<boolean> | undefined {
    if (this.#refreshing) return this.#refreshing;
    if (!this.#budget.take(nowMs)) return undefined;
    this.#refreshing = this.#fetch()
      .then(
        (set) => this.#use(set, nowMs),
        () => false,
      )
      .then((isAnswered) => {
        this.#refreshing = undefined;
        this.#budget.settle(isAnswered, this.#options.clock.now());
        return isAnswered;
      });
    return this.#refreshing;
  }

  async #fetch(): Promise<KeySet> {
    const { address, outbound } = this.#options;
    const url = "jwks" in address ? address.jwks : await this.#discover(address.discovery);
    const set = readKeySet(await outbound.fetchJson(url));
    if (set.size === 0) throw new Error(`${url}: no key of use`);
    return set;
  }

  /** An issuer that calls itself something else is not the one that was asked for (4.3). */
  async #discover(issuer: string): Promise<string> {
    const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const document = (await this.#options.outbound.fetchJson(url)) as { issuer?: unknown; jwks_uri?: unknown } | null;
    if (document?.issuer !== issuer) throw new Error(`${url}: another issuer answers there`);
    const address = document.jwks_uri;
    if (typeof address !== "string" || !/^https?:\/\//.test(address)) throw new Error(`${url}: no jwks_uri`);
    return address;
  }

  #use(set: KeySet, askedAtMs: number): true {
    const before = this.#current;
    this.#askedAtMs = askedAtMs;
    this.#quietUntilMs = 0;
    if (before?.text === set.text) return true;
    const left = before?.without(set);
    const untilMs = askedAtMs + this.#options.rotationOverlapMs;
    if (left && left.size > 0) this.#retired = [{ set: left, untilMs }, ...this.#retired].slice(0, MAX_RETIRED);
    this.#current = set;
    this.#version = this.#options.nextVersion();
    return true;
  }
}
