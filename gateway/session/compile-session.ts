import type { KeyRecord } from "#contracts/key/record.ts";
import type { Policy } from "#contracts/policy/policy.ts";
import type { Rate } from "#contracts/quantities.ts";
import type { Allowance, LimitBook } from "#gateway/limit/index.ts";
import { mergeRights } from "./merge-rights.ts";

export interface Grant {
  /** Null: every operation. */
  operations: ReadonlySet<string> | null;
  /** Limits that a call with this key to this API draws on: the key's, then the grant's. */
  allowances: readonly Allowance[];
}

/** A key, ready to be asked. Frozen in shape; a change of the key or of a policy makes a new one. */
export interface Session {
  keyId: string;
  active: boolean;
  /** Infinity: never. */
  expiresAtMs: number;
  grants: ReadonlyMap<string, Grant>;
  policies: readonly string[];
}

export function compileSession(key: KeyRecord, policies: ReadonlyMap<string, Policy>, limits: LimitBook): Session {
  const rights = mergeRights(key, policies);
  const bucket = (kind: "rate" | "quota", scope: string, rate: Rate | undefined) =>
    rate ? [limits.allowance(kind, `key:${key.id}${scope}`, rate)] : [];
  const own = [...bucket("rate", "", rights.rate), ...bucket("quota", "", rights.quota)];
  const grants = new Map<string, Grant>();
  for (const [api, grant] of rights.apis) {
    const allowances = [...own, ...bucket("rate", `:${api}`, grant.rate), ...bucket("quota", `:${api}`, grant.quota)];
    grants.set(api, { operations: grant.operations ? new Set(grant.operations) : null, allowances });
  }
  return {
    keyId: key.id,
    active: rights.active,
    expiresAtMs: key.expiresAtMs ?? Infinity,
    grants,
    policies: key.policies,
  };
}
