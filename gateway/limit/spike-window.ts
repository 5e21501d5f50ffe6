import type { Rate } from "#contracts/quantities.ts";

/** A spike arrest is a rate over a window of its burst: `10/s` in single calls is one in any 100 ms. */
export function spikeWindow({ rate, burst }: { rate: Rate; burst: number }): Rate {
  return { limit: burst, windowMs: Math.max(1, Math.round((burst * rate.windowMs) / rate.limit)) };
}
