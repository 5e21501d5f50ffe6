import type { Throttle } from "#contracts/api/limits.ts";
import type { KeyRecord } from "#contracts/key/record.ts";
import type { Policy } from "#contracts/policy/policy.ts";
import type { Allowance, LimitBook } from "#gateway/limit/index.ts";
import { compilePaths, type PathRule } from "./path-rules.ts";
import { mergeRights, type GrantRights, type Tuple } from "./merge-rights.ts";

export interface Grant {
  /** Null: every operation and path. */
  operations: ReadonlySet<string> | null;
  /** Paths that are open beside those operations. */
  paths: readonly PathRule[];
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
  /** Its own and its policies'. */
  tags: readonly string[];
  metadata: Readonly<Record<string, string>>;
  /** How its calls wait where a rate refuses them; null: they do not. */
  throttle: Throttle | null;
  /** What a token said of the caller; keys have none. */
  claims?: Readonly<Record<string, unknown>> | undefined;
  /** SHA-256 (hex) of the one client certificate that may use this key; undefined: any, or none. */
  boundCertificate?: string | undefined;
}

export function compileSession(
  key: KeyRecord,
  policies: ReadonlyMap<string, Policy>,
  limits: LimitBook,
  claims?: Session["claims"],
): Session {
  const rights = mergeRights(key, policies);
  const draws = (kind: "rate" | "quota", scope: string, tuple: Tuple | null) =>
    tuple ? [limits.allowance(kind, `${scope}${holderOf(key, tuple)}`, tuple)] : [];
  const own = [...draws("rate", "", rights.rate), ...draws("quota", "", rights.quota)];
  const spike = draws("rate", "spike:", rights.spike);
  const compileGrant = (api: string, { only, rate, quota }: GrantRights): Grant => {
    const scope = `grant:${api}:`;
    return {
      operations: only ? new Set(only.operations) : null,
      paths: compilePaths(only?.paths ?? []),
      allowances: [...own, ...draws("rate", scope, rate), ...draws("quota", scope, quota), ...spike],
    };
  };
  return {
    keyId: key.id,
    active: rights.active,
    expiresAtMs: key.expiresAtMs ?? Infinity,
    grants: new Map([...rights.apis].map(([api, grant]) => [api, compileGrant(api, grant)])),
    policies: key.policies,
    tags: rights.tags,
    metadata: key.metadata,
    throttle: rights.throttle,
    claims,
    boundCertificate: key.boundCertificate?.slice("sha256:".length),
  };
}

/** Who has the count: the key, or all keys of the policy. The id stands last, since one from a token may hold anything. */
function holderOf(key: KeyRecord, { sharedBy }: Tuple): string {
  return sharedBy === null ? `key:${key.id}` : `policy:${sharedBy}`;
}
