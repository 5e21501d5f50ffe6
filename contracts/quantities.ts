import { z } from "zod";

const UNITS_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `250ms`, `30s`, `5m`, `1h`, `30d` → milliseconds; `undefined` when the text has another shape. */
export function parseDurationMs(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  return match ? Number(match[1]) * UNITS_MS[match[2]!]! : undefined;
}

/** `100/s`, `10/30s`, `1000000/30d` → `{ limit, windowMs }`; `undefined` when the text has another shape. */
export function parseRate(text: string): Rate | undefined {
  const match = /^(\d{1,12})\/(\d{1,9})?(ms|s|m|h|d)$/.exec(text);
  if (!match) return undefined;
  const windowMs = Number(match[2] ?? 1) * UNITS_MS[match[3]!]!;
  const limit = Number(match[1]);
  return windowMs > 0 && limit > 0 ? { limit, windowMs } : undefined;
}

export interface Rate {
  limit: number;
  windowMs: number;
}

const DURATION = "expected a duration such as 250ms, 30s, 5m, 1h or 30d";
const RATE = "expected a rate such as 100/s, 10/30s or 1000000/30d";

/** Written `30s`; parsed to milliseconds. A number is taken as milliseconds already parsed. */
export const durationMs = z.union(
  [
    z.int().min(0),
    z.string().transform((text, context) => {
      const ms = parseDurationMs(text);
      if (ms !== undefined) return ms;
      context.addIssue({ code: "custom", message: DURATION });
      return z.NEVER;
    }),
  ],
  { error: DURATION },
);

const DAY_MS = 86_400_000;
/** A timer that is set for longer than 24.8 days goes off at once (32 bits). */
const LONGEST_BOUND_MS = 24 * DAY_MS;

/** How long something may take at most. Nothing is no bound that anything could keep. */
export const boundMs = durationMs.refine((ms) => ms >= 1 && ms <= LONGEST_BOUND_MS, "expected from 1ms to 24d");
/** What is done again and again, or divided into parts, must not be nothing. */
export const noticeableMs = durationMs.refine(
  (ms) => ms >= 100 && ms <= LONGEST_BOUND_MS,
  "expected at least 100ms, and at most 24d",
);

const parsedRate = z.strictObject({
  limit: z.int().min(1).describe("How many."),
  windowMs: z.int().min(1).describe("In how many milliseconds."),
});

/** Written `100/s` (rates) or `1000000/30d` (quotas); parsed to `{ limit, windowMs }`. */
export const rate = z.union(
  [
    parsedRate,
    z.string().transform((text, context): Rate => {
      const value = parseRate(text);
      if (value) return value;
      context.addIssue({ code: "custom", message: RATE });
      return z.NEVER;
    }),
  ],
  { error: RATE },
);
