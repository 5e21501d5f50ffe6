import { eq } from "drizzle-orm";
import { runs } from "#drizzle/console/schema.ts";
import { messageOf } from "#base/errors.ts";
import { background, type Logger } from "#base/log.ts";
import type { RegionClient } from "#infra/local/client.ts";
import type { Database } from "./database.ts";
import type { EngineChildren } from "./engine-child.ts";
import { StaleLease } from "./failures.ts";
import { leaseNextRun, type Lease } from "./lease.ts";
import { RunLedger } from "./ledger.ts";
import { CancelRequested, carryOut, WorkerStops } from "./run.ts";
import type { WorkerSettings } from "./run-context.ts";

export interface WorkerOptions {
  /** Names this process in the leases; another one at each start. */
  name: string;
  database: Database;
  /** The region as a lease may speak to it: its calls carry the epoch. */
  regionAt: (epoch: number) => RegionClient;
  children: EngineChildren;
  settings: WorkerSettings;
  log: Logger;
  /** Runs at a time. */
  slots: number;
  /** A run whose worker was silent for this long is taken over. Heartbeats come five times as often. */
  expireAfterMs: number;
  /** How often the tables are looked at without being woken. */
  sweepEveryMs: number;
}

/** Takes runs and carries them out, `slots` at a time. Wake-ups only make it faster: the tables are the truth. */
export class Worker {
  readonly #options: WorkerOptions;
  // By lease and not by run: one that ran out while the database was away may be ours again.
  readonly #active = new Set<{ stop: AbortController; over: Promise<void> }>();
  #sweeper: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#sweeper = setInterval(() => this.wake(), this.#options.sweepEveryMs);
    this.wake();
  }

  /** Looks for runs now. `repair` names a stalled run that somebody wants taken up again. */
  wake(repair?: string): void {
    this.#looking = this.#looking.then(() => this.#look(repair));
  }

  /** Stops taking runs and lets go of those under way: the next start, or another worker, finishes them. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#sweeper);
    await this.#looking;
    for (const { stop } of this.#active) stop.abort(new WorkerStops("the worker stops"));
    await Promise.all([...this.#active].map(({ over }) => over));
    await this.#options.children.end();
  }

  async #look(repair: string | undefined): Promise<void> {
    const { database, name, expireAfterMs, slots, log } = this.#options;
    try {
      while (!this.#stopped && this.#active.size < slots) {
        const lease = await leaseNextRun(database, { worker: name, expireAfterMs, repair });
        if (!lease) return;
        this.#carry(lease);
      }
    } catch (error) {
      log.warn({ err: error }, `looking for runs: ${messageOf(error)}`);
    }
  }

  #carry(lease: Lease): void {
    const stop = new AbortController();
    const over = this.#work(lease, stop).finally(() => {
      this.#active.delete(held);
      if (this.#stopped) return;
      this.wake();
      this.#options.children.refill();
    });
    const held = { stop, over };
    this.#active.add(held);
    background(over, this.#options.log, `run ${lease.run.id}`);
  }

  async #work(lease: Lease, stop: AbortController): Promise<void> {
    const { database, regionAt, children, settings, log } = this.#options;
    const ledger = new RunLedger(database, lease);
    log.info({ run: lease.run.id, kind: lease.run.kind, epoch: lease.epoch, recover: lease.recover }, "leased");
    const beat = setInterval(() => void this.#beat(ledger, stop), this.#options.expireAfterMs / 5);
    void this.#beat(ledger, stop);
    try {
      const follows = await this.#followed(lease);
      const region = regionAt(lease.epoch);
      await carryOut({ settings, lease, ledger, region, children, signal: stop.signal, log }, follows);
    } finally {
      clearInterval(beat);
      // Whoever starts next need not wait until the lease runs out.
      if (stop.signal.reason instanceof WorkerStops) await ledger.letGo().catch(() => undefined);
    }
  }

  async #beat(ledger: RunLedger, stop: AbortController): Promise<void> {
    try {
      const { cancelRequested } = await ledger.heartbeat();
      if (cancelRequested) stop.abort(new CancelRequested("cancelled"));
    } catch (error) {
      // An unreachable database is no reason to stop: the lease says whether we may go on, once it can be asked.
      if (error instanceof StaleLease) stop.abort(error);
    }
  }

  async #followed({ run }: Lease): Promise<"none" | "succeeded" | "failed"> {
    if (run.followsRunId === null) return "none";
    const [followed] = await this.#options.database
      .select({ state: runs.state })
      .from(runs)
      .where(eq(runs.id, run.followsRunId));
    return !followed || followed.state === "succeeded" ? "succeeded" : "failed";
  }
}
