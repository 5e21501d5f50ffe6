import type { Allowance } from "#gateway/limit/index.ts";
import { problemReply, type Reply } from "#gateway/pipeline/index.ts";

/** The fields of an answer that was let through, `[name, value, …]`: the first rate and the first quota (the key's own). */
export function limitFields(allowances: readonly Allowance[], legacy: boolean): string[] {
  const first = allowances[0]!;
  const left = leftOf(first);
  let policy = first.policyField;
  let limit = `"${first.fieldName}";r=${left}`;
  const quota = quotaAfter(allowances);
  if (quota !== undefined) {
    policy += `, ${quota.policyField}`;
    limit += `, "quota";r=${leftOf(quota)}`;
  }
  const fields = ["RateLimit-Policy", policy, "RateLimit", limit];
  if (legacy) fields.push(...legacyFields(first, left));
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
  if (legacy) fields.push(...legacyFields(allowance, 0), "X-RateLimit-Reset", String(seconds));
  const code = isQuota ? "quota_exceeded" : "rate_limited";
  const what = isQuota ? "The quota of this period is used up." : "Too many requests.";
  return problemReply(429, code, `${what} Try again in ${seconds} s.`, fields);
}

/** The first quota that is not the first limit of all. */
function quotaAfter(allowances: readonly Allowance[]): Allowance | undefined {
  for (let index = 1; index < allowances.length; index += 1)
    if (allowances[index]!.bucket.kind === "quota") return allowances[index];
  return undefined;
}

function leftOf({ remaining, tokens }: Allowance): number {
  return remaining + tokens;
}

function legacyFields(allowance: Allowance, left: number): string[] {
  return ["X-RateLimit-Limit", String(allowance.bucket.limit), "X-RateLimit-Remaining", String(left)];
}
