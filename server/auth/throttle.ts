import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { AppError } from "#base/errors.ts";

/** Attempts within a window, counted in Redis so that every console process sees the same. */
export interface ThrottleRule {
  name: string;
  limit: number;
  windowSeconds: number;
}

export const rules = {
  signInByAccount: { name: "sign-in-account", limit: 10, windowSeconds: 900 },
  signInByAddress: { name: "sign-in-address", limit: 60, windowSeconds: 900 },
  signUpByAddress: { name: "sign-up-address", limit: 60, windowSeconds: 3_600 },
  resetByAddress: { name: "reset-address", limit: 30, windowSeconds: 3_600 },
  resetByAccount: { name: "reset-account", limit: 5, windowSeconds: 3_600 },
  enrolByAddress: { name: "enrol-address", limit: 120, windowSeconds: 60 },
} as const satisfies Record<string, ThrottleRule>;

/** INCR and EXPIRE as one step: a counter without an expiry would lock an account for good. */
const COUNT = `local n = redis.call('INCR', KEYS[1]) if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end return { n, redis.call('TTL', KEYS[1]) }`;

/**
 * Counts one attempt and refuses past the limit. When Redis cannot be asked it refuses too: guessing passwords must not
 * become free because a store is down.
 */
export async function throttle(redis: Redis, rule: ThrottleRule, subject: string): Promise<void> {
  const key = keyOf(rule, subject);
  let answer: [number, number];
  try {
    answer = (await redis.eval(COUNT, 1, key, rule.windowSeconds)) as [number, number];
  } catch (cause) {
    throw new AppError("unavailable", "This is not possible right now. Try again in a minute.", {
      cause,
      detail: "redis cannot be asked for a throttle",
      retryAfterSeconds: 30,
    });
  }
  const [count, ttl] = answer;
  if (count <= rule.limit) return;
  throw new AppError("rate_limited", `Too many attempts. Try again in ${Math.ceil(ttl / 60)} min.`, {
    retryAfterSeconds: ttl,
    detail: `${rule.name} over ${rule.limit}`,
  });
}

/** After a success: the account's failed attempts no longer count. */
export async function forgive(redis: Redis, rule: ThrottleRule, subject: string): Promise<void> {
  await redis.del(keyOf(rule, subject));
}

/** Subjects are addresses of people: the store holds their hash only. */
function keyOf(rule: ThrottleRule, subject: string): string {
  return `throttle:${rule.name}:${createHash("sha256").update(subject).digest("hex").slice(0, 32)}`;
}
