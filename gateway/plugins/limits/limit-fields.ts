import type { Allowance } from "#gateway/limit/index.ts";
import { problemReply, type Reply } from "#gateway/pipeline/index.ts";

/** The fields of an answer that was let through, for the first (the key's) of its limits: `[name, value, …]`. */
export function limitFields(allowances: readonly Allowance[], legacy: boolean): string[] {
  const allowance = allowances[0]!;
  const left = allowance.remaining + allowance.tokens;
  const fields = ["RateLimit-Policy", allowance.policyField, "RateLimit", `"${allowance.fieldName}";r=${left}`];
  if (legacy) fields.push(...legacyFields(allowance, left));
  return fields;
}

export function limitReply(allowance: Allowance, retryAfterMs: number, legacy: boolean): Reply {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  const isQuota = allowance.bucket.kind === "quota";
  const fields = [
    "Retry-After",
    String(seconds),
    "RateLimit-Policy",
    allowance.policyField,
    "RateLimit",
    `"${allowance.fieldName}";r=0;t=${seconds}`,
  ];
  if (legacy) fields.push(...legacyFields(allowance, 0));
  const code = isQuota ? "quota_exceeded" : "rate_limited";
  const what = isQuota ? "The quota of this period is used up." : "Too many requests.";
  return problemReply(429, code, `${what} Try again in ${seconds} s.`, fields);
}

function legacyFields(allowance: Allowance, left: number): string[] {
  return ["X-RateLimit-Limit", String(allowance.bucket.limit), "X-RateLimit-Remaining", String(left)];
}
