import { EventEmitter } from "node:events";
import pg from "pg";
import { backoffMs } from "#base/backoff.ts";
import { systemClock } from "#base/clock.ts";
import { background, type Logger } from "#base/log.ts";
import { RUN_EVENT_CHANNEL } from "#contracts/deployment/run.ts";

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

  /** Resolves at the next event of the run, after `maxMs`, or when the signal aborts; whichever comes first. */
  nextWake(runId: string, maxMs: number, signal: AbortSignal): Promise<void> {
    this.#start();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#events.off(runId, done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, maxMs);
      this.#events.once(runId, done);
      signal.addEventListener("abort", done, { once: true });
    });
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
    background(this.#listen(), this.#log, "run feed");
  }

  async #listen(): Promise<void> {
    for (let attempt = 0; !this.#stop.signal.aborted; attempt += 1) {
      const client = new pg.Client({ connectionString: this.#url });
      const broken = new Promise<void>((resolve) => client.once("end", resolve));
      client.on("error", (error) => this.#log.warn({ err: error }, "run feed lost its connection"));
      client.on("notification", ({ payload }) => this.#events.emit(payload?.split(" ")[0] ?? ""));
      try {
        await client.connect();
        this.#client = client;
        await client.query(`listen ${RUN_EVENT_CHANNEL}`);
        attempt = 0;
        await broken;
      } catch (error) {
        this.#log.warn({ err: error }, "run feed cannot listen");
      }
      if (!this.#stop.signal.aborted) await systemClock.sleep(backoffMs(attempt, { baseMs: 200, maxMs: 5_000 }));
    }
  }
}
