import { Client } from "pg";
import { backoffMs } from "#base/backoff.ts";
import { systemClock } from "#base/clock.ts";
import type { Logger } from "#base/log.ts";
import { PLANE_CHANNEL } from "./database.ts";

/**
 * Calls `wake` at each notification, and once after every (re)connection: what was said while nobody listened is found
 * in the tables.
 */
export async function listenToPlane(
  url: string,
  log: Logger,
  signal: AbortSignal,
  wake: () => Promise<void>,
): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    const client = new Client({ connectionString: url });
    const ended = new Promise<void>((resolve) => client.once("end", resolve));
    client.on("error", (error) => log.warn({ err: error }, "the listening connection broke"));
    let waking: Promise<void> = Promise.resolve();
    const wakeInTurn = () => {
      waking = waking.then(wake).catch((error: unknown) => log.error({ err: error }, "a wake-up failed"));
    };
    client.on("notification", wakeInTurn);
    const stop = () => void client.end();
    try {
      await client.connect();
      await client.query(`listen ${PLANE_CHANNEL}`);
      signal.addEventListener("abort", stop, { once: true });
      if (signal.aborted) stop();
      wakeInTurn();
      attempt = 0;
      await ended;
    } catch (error) {
      log.warn({ err: error }, "cannot listen to the database");
    } finally {
      signal.removeEventListener("abort", stop);
    }
    if (!signal.aborted) await systemClock.sleep(backoffMs(attempt, { baseMs: 100, maxMs: 5_000 }));
  }
}
