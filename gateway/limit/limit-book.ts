import type { Clock } from "#base/clock.ts";
import { Lru } from "#base/lru.ts";
import type { Rate } from "#contracts/quantities.ts";
import { Allowance, type LimitRefusal } from "./allowance.ts";
import { nameOf, namerOf, type Authority, type Bucket, type Namer } from "./authority.ts";
import { WaitingLine, type Turn, type Waiter } from "./waiting-line.ts";

const AHEAD_MAX = 100_000;
const IDLE_MS = 600_000;

export interface LimitBookOptions {
  authority: Authority;
  clock: Clock;
  exact?: boolean;
  capacity?: number;
  /** Allowances of buckets that callers name, and as many that issuers name. */
  namedCapacity?: number;
}

type Drawn = LimitRefusal | undefined | Promise<LimitRefusal | undefined>;

/**
 * A worker's limits. `draw` takes one token of every allowance or none of any; it waits only where a lease has run out.
 * Waiting never gives up: an authority that fails is the authority's business (see FallbackAuthority).
 */
export class LimitBook {
  readonly #options: LimitBookOptions;
  readonly #allowances = new Map<string, Allowance>();
  readonly #named: Record<Exclude<Namer, "configuration">, Lru<string, Allowance>>;
  /** Calls that wait for their turn, by what they wait for. */
  readonly #lines = new Map<Allowance, WaitingLine>();
  #waiting = 0;
  exact: boolean;

  constructor(options: LimitBookOptions) {
    this.#options = options;
    const bounded = () =>
      new Lru<string, Allowance>(options.namedCapacity ?? 20_000, (_name, allowance) => this.#giveBack(allowance));
    this.#named = { issuer: bounded(), caller: bounded() };
    this.exact = options.exact ?? false;
  }

  /** The same bucket is the same allowance, over every session and API that names it. */
  allowance(kind: Bucket["kind"], id: string, { limit, windowMs }: Rate): Allowance {
    const bucket: Bucket = { kind, id, limit, windowMs };
    const name = `${nameOf(bucket)}/${limit}`;
    const namer = namerOf(id);
    const book = namer === "configuration" ? this.#allowances : this.#named[namer];
    const existing = book.get(name);
    if (existing) return existing;
    const allowance = new Allowance(bucket);
    allowance.lastUsedMs = this.#options.clock.now();
    book.set(name, allowance);
    return allowance;
  }

  draw(a: readonly Allowance[], b: readonly Allowance[], nowMs: number): Drawn {
    if (this.exact) return this.#drawExactly([...a, ...b], nowMs);
    if (!allReady(a, nowMs) || !allReady(b, nowMs))
      return refusedIn(a, nowMs) ?? refusedIn(b, nowMs) ?? this.#drawSlowly([...a, ...b]);
    for (let index = 0; index < a.length; index += 1) a[index]!.spend(nowMs);
    for (let index = 0; index < b.length; index += 1) b[index]!.spend(nowMs);
    return undefined;
  }

  /** As `draw`, but a rate that refuses is waited for, behind those that wait already. A quota's refusal is answered. */
  drawInTurn(a: readonly Allowance[], b: readonly Allowance[], turn: Turn, nowMs: number): Drawn {
    const all = [...a, ...b];
    const busy = this.#lines.size === 0 ? undefined : all.find((allowance) => this.#lines.has(allowance));
    if (busy) return this.#wait(all, turn, { allowance: busy, retryAfterMs: Math.max(1, busy.retryAtMs - nowMs) });
    const drawn = this.draw(a, b, nowMs);
    if (!(drawn instanceof Promise)) return drawn && this.#wait(all, turn, drawn);
    return drawn.then((refusal) => refusal && this.#wait(all, turn, refusal));
  }

  /** Gives back what leases hold past their end, and forgets allowances that nobody used for long. */
  sweep(nowMs = this.#options.clock.now(), everything = false): void {
    const isOver = (allowance: Allowance) => everything || nowMs >= allowance.endsAtMs;
    for (const named of [this.#named.issuer, this.#named.caller])
      for (const [, allowance] of named.entries()) if (isOver(allowance)) this.#giveBack(allowance);
    for (const [name, allowance] of this.#allowances) {
      if (isOver(allowance)) this.#giveBack(allowance);
      // A session may still point at a forgotten allowance; it works on, and the authority keeps the two honest.
      const isIdle = allowance.pending === undefined && nowMs - allowance.lastUsedMs > IDLE_MS;
      if (isIdle && this.#allowances.size > (this.#options.capacity ?? 100_000)) this.#allowances.delete(name);
    }
  }

  figures(): { waiting: number; droppedAllowances: number } {
    return { waiting: this.#waiting, droppedAllowances: this.#named.issuer.evicted + this.#named.caller.evicted };
  }

  #giveBack(allowance: Allowance): void {
    const refund = allowance.release();
    if (!refund) return;
    this.#options.authority.giveBack(refund);
    allowance.ahead = 0;
  }

  /** The token that was asked for a call which another limit refused: another worker may have a use for it now. */
  #giveBackOne(allowance: Allowance): void {
    const refund = allowance.releaseOne();
    if (refund) this.#options.authority.giveBack(refund);
  }

  #wait(allowances: readonly Allowance[], turn: Turn, refusal: LimitRefusal): Drawn {
    if (refusal.allowance.bucket.kind === "quota" || refusal.retryAfterMs > turn.waitUpToMs) return refusal;
    return new Promise((resolve) => {
      const over = new AbortController();
      this.#waiting += 1;
      const waiter: Waiter = {
        turn,
        allowances,
        refusal,
        settled: false,
        drawing: false,
        expired: false,
        settle: (outcome) => {
          if (waiter.settled) return;
          waiter.settled = true;
          this.#waiting -= 1;
          over.abort();
          resolve(outcome);
        },
      };
      this.#enter(waiter);
      this.#options.clock.sleep(turn.waitUpToMs, over.signal).then(
        () => this.#lines.get(waiter.refusal.allowance)?.expire(waiter),
        // It got its token, or was refused, before its time was over.
        () => {},
      );
    });
  }

  /** Into the line of what refused it last. */
  #enter(waiter: Waiter): void {
    const { allowance } = waiter.refusal;
    if (allowance.bucket.kind === "quota") return waiter.settle(waiter.refusal);
    const line =
      this.#lines.get(allowance) ??
      new WaitingLine(allowance, {
        clock: this.#options.clock,
        draw: async (allowances) => this.draw(allowances, [], this.#options.clock.now()),
        move: (moved) => this.#enter(moved),
        ended: () => this.#lines.delete(allowance),
      });
    this.#lines.set(allowance, line);
    line.join(waiter);
  }

  async #drawSlowly(allowances: readonly Allowance[]): Promise<LimitRefusal | undefined> {
    const asked = new Set<Allowance>();
    for (;;) {
      const nowMs = this.#options.clock.now();
      const refusal = refusedIn(allowances, nowMs);
      if (refusal) {
        for (const allowance of asked) this.#giveBackOne(allowance);
        return refusal;
      }
      const short = allowances.filter((allowance) => !allowance.isReady(nowMs));
      if (short.length === 0) {
        for (const allowance of allowances) allowance.spend(nowMs);
        return undefined;
      }
      for (const allowance of short) asked.add(allowance);
      await Promise.all(short.map((allowance) => this.#refill(allowance, nowMs)));
    }
  }

  /** One refill at a time for each allowance; those that come meanwhile are counted into the next. */
  async #refill(allowance: Allowance, nowMs: number): Promise<void> {
    allowance.waiting += 1;
    try {
      if (allowance.pending) return await allowance.pending;
      this.#giveBack(allowance);
      // One turn of the event loop's microtasks, so that requests of the same read are asked for together.
      allowance.pending = Promise.resolve().then(() => this.#ask(allowance, nowMs));
      await allowance.pending;
    } finally {
      allowance.waiting -= 1;
    }
  }

  async #ask(allowance: Allowance, nowMs: number): Promise<void> {
    try {
      const { bucket, waiting, ahead } = allowance;
      const answer = await this.#options.authority.take({ bucket, waiting, ahead });
      // A token that came back meanwhile belongs to the lease before.
      const late = allowance.release();
      if (late) this.#options.authority.giveBack(late);
      allowance.receive(answer, this.#options.clock.now());
      // A lease that was spent before its end was too small; one that was not is given back and starts small again.
      allowance.ahead = Math.min(AHEAD_MAX, Math.max(4, ahead * 4));
    } finally {
      allowance.pending = undefined;
      allowance.lastUsedMs = nowMs;
    }
  }

  async #drawExactly(allowances: readonly Allowance[], nowMs: number): Promise<LimitRefusal | undefined> {
    const rates = allowances.filter((allowance) => allowance.bucket.kind === "rate");
    const quotas = allowances.filter((allowance) => allowance.bucket.kind === "quota");
    const quotaRefusal = await this.#drawSlowly(quotas);
    if (quotaRefusal || rates.length === 0) return quotaRefusal;
    const leases = quotas.map(({ cell, origin }) => ({ cell, origin }));
    const answer = await this.#options.authority.takeExactly(rates.map((allowance) => allowance.bucket));
    if (answer.allowed) {
      rates.forEach((allowance, index) => (allowance.remaining = answer.remaining[index] ?? 0));
      return undefined;
    }
    // A refused call consumes nothing: the quota's token goes back into the lease that it came from, or, where nothing is
    // left of that, to where other workers find it.
    for (const [index, quota] of quotas.entries()) {
      const refund = quota.unspend(leases[index]!) ?? (quota.tokens === 1 ? quota.releaseOne() : undefined);
      if (refund) this.#options.authority.giveBack(refund);
    }
    const allowance = rates[answer.index]!;
    allowance.remaining = 0;
    allowance.retryAtMs = nowMs + answer.retryAfterMs;
    return { allowance, retryAfterMs: answer.retryAfterMs };
  }
}

function allReady(allowances: readonly Allowance[], nowMs: number): boolean {
  for (let index = 0; index < allowances.length; index += 1) if (!allowances[index]!.isReady(nowMs)) return false;
  return true;
}

function refusedIn(allowances: readonly Allowance[], nowMs: number): LimitRefusal | undefined {
  for (let index = 0; index < allowances.length; index += 1) {
    const allowance = allowances[index]!;
    if (allowance.isRefused(nowMs)) return { allowance, retryAfterMs: Math.max(1, allowance.retryAtMs - nowMs) };
  }
  return undefined;
}
