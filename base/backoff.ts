export interface BackoffOptions {
  baseMs: number;
  maxMs: number;
  /** 0..1, of `Math.random`'s kind; an argument so that tests are deterministic. */
  random?: () => number;
}

/**
 * Full jitter (Brooker, "Exponential Backoff And Jitter", 2015): a uniform draw from 0 to the exponential bound, so that
 * a thousand clients that lost one server do not return at once. `attempt` counts from 0.
 */
export function backoffMs(attempt: number, { baseMs, maxMs, random = Math.random }: BackoffOptions): number {
  const bound = Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30));
  return Math.round(random() * bound);
}
