import { systemClock, type Clock } from "./clock.ts";

export interface WaitOptions {
  /** Names the condition in the error. */
  what: string;
  timeoutMs: number;
  everyMs?: number;
  clock?: Clock;
  signal?: AbortSignal;
}

/** Polls until `probe` gives something truthy, and returns that. Past the limit it throws with the last failure. */
export async function waitUntil<T>(probe: () => Promise<T> | T, options: WaitOptions): Promise<NonNullable<T>> {
  const { what, timeoutMs, everyMs = 50, clock = systemClock, signal } = options;
  const deadline = clock.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const value = await probe();
      if (value) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (clock.now() >= deadline) throw new Error(`${what}: not so after ${timeoutMs} ms`, { cause: last });
    await clock.sleep(everyMs, signal);
  }
}
