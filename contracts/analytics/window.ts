/** Seconds of one aggregation window; windows start at multiples of it. */
export const WINDOW_SECONDS = 10;
