import { EventEmitter } from "node:events";
import pg from "pg";
import { backoffMs } from "#base/backoff.ts";
import { systemClock } from "#base/clock.ts";
import { background, type Logger } from "#base/log.ts";
import { RUN_EVENT_CHANNEL } from "#contracts/deployment/run.ts";

/** One follower's ear. It remembers what came while its owner was reading. */
export interface RunWatch {
  /** Resolves at an event since the last call (true), after `maxMs`, or when the signal aborts; whichever comes first. */
  next(maxMs: number, signal: AbortSignal): Promise<boolean>;
  close(): void;
}

/**
 * One listening connection a process, which wakes the followers of a run. A wake-up may be lost (the connection breaks):
 * followers also look by themselves every few seconds, since the table is the truth.
 */
export class RunFeed {
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #url: string;
  readonly #log: Logger;
  readonly #stop = new AbortController();
  #client: pg.Client | undefined;
  #started = false;

  constructor(url: string, log: Logger) {
    this.#url = url;
    this.#log = log;
  }

  /** How many follow this run now. */
  followers(runId: string): number {
    return this.#events.listenerCount(runId);
  }

  /** To be taken before the table is read: an event between the reading and the waiting is then not slept through. */
  watch(runId: string): RunWatch {
    this.#start();
    let missed = false;
    let wake = () => {};
    const onEvent = () => {
      missed = true;
      wake();
    };
    this.#events.on(runId, onEvent);
    const next = (maxMs: number, signal: AbortSignal) =>
      new Promise<boolean>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          wake = () => {};
          resolve(missed);
          missed = false;
        };
        const timer = setTimeout(done, maxMs);
        signal.addEventListener("abort", done, { once: true });
        wake = done;
        if (missed || signal.aborted) done();
      });
    return { next, close: () => void this.#events.off(runId, onEvent) };
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#client?.end().catch(() => {
      // The connection may be broken already; closing is all that was wanted.
    });
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    background(this.#listen(this.#stop.signal), this.#log, "run feed");
  }

  async #listen(stop: AbortSignal): Promise<void> {
    for (let attempt = 0; !stop.aborted; attempt += 1) {
      const client = new pg.Client({ connectionString: this.#url });
      this.#client = client;
      const broken = new Promise<void>((resolve) => client.once("end", resolve));
      client.on("error", (error) => this.#log.warn({ err: error }, "run feed lost its connection"));
      client.on("notification", ({ payload }) => this.#events.emit(payload?.split(" ")[0] ?? ""));
      try {
        await client.connect();
        await client.query(`listen ${RUN_EVENT_CHANNEL}`);
        attempt = 0;
        // What was said while nobody listened stands in the table: everyone looks once.
        for (const runId of this.#events.eventNames()) this.#events.emit(runId);
        await broken;
      } catch (error) {
        if (!stop.aborted) this.#log.warn({ err: error }, "run feed cannot listen");
      }
      if (!stop.aborted) await systemClock.sleep(backoffMs(attempt, { baseMs: 200, maxMs: 5_000 }));
    }
  }
}
