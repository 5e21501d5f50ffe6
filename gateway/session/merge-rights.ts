import type { KeyRecord } from "#contracts/key/record.ts";
import type { AccessGrant, Policy } from "#contracts/policy/policy.ts";
import type { Rate } from "#contracts/quantities.ts";

/** What a key may do once its policies are united. */
export interface Rights {
  active: boolean;
  apis: Map<string, AccessGrant>;
  rate: Rate | undefined;
  quota: Rate | undefined;
}

/**
 * Unites a key with its policies. For each limit the highest rate wins, compared as a fraction, the whole tuple together;
 * access is united; an inactive policy deactivates the key, and so does one that is missing, since rights that cannot be
 * read must not be guessed. A limit of the key's own is the exception made for this key and replaces the policies'.
 */
export function mergeRights(key: KeyRecord, policies: ReadonlyMap<string, Policy>): Rights {
  const carried = key.policies.map((id) => policies.get(id));
  const rights: Rights = {
    active: key.state === "active" && carried.every((policy) => policy?.state === "active"),
    apis: new Map(),
    rate: undefined,
    quota: undefined,
  };
  for (const policy of carried) {
    if (!policy) continue;
    rights.rate = higher(rights.rate, policy.rate);
    rights.quota = higher(rights.quota, policy.quota);
    uniteAccess(rights.apis, policy.apis);
  }
  uniteAccess(rights.apis, key.apis);
  rights.rate = key.rate ?? rights.rate;
  rights.quota = key.quota ?? rights.quota;
  return rights;
}

function uniteAccess(into: Map<string, AccessGrant>, access: Record<string, AccessGrant>): void {
  for (const [api, grant] of Object.entries(access)) {
    const before = into.get(api);
    into.set(api, before ? uniteGrants(before, grant) : grant);
  }
}

function uniteGrants(a: AccessGrant, b: AccessGrant): AccessGrant {
  return {
    // A grant without a list opens the whole API, so the union with it does too.
    operations: a.operations && b.operations ? [...new Set([...a.operations, ...b.operations])] : undefined,
    rate: higher(a.rate, b.rate),
    quota: higher(a.quota, b.quota),
  };
}

function higher(a: Rate | undefined, b: Rate | undefined): Rate | undefined {
  if (!a || !b) return a ?? b;
  // Cross-multiplied, so that no division loses a digit.
  return b.limit * a.windowMs > a.limit * b.windowMs ? b : a;
}
