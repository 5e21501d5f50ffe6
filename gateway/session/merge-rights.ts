import type { Throttle } from "#contracts/api/limits.ts";
import type { KeyRecord } from "#contracts/key/record.ts";
import type { AccessGrant, PathGrant, Policy } from "#contracts/policy/policy.ts";
import type { Rate } from "#contracts/quantities.ts";
import { spikeWindow } from "#gateway/limit/index.ts";

/** A limit as one tuple: no part of it is ever taken from another policy. */
export interface Tuple extends Rate {
  /** The policy whose keys share one count; null: the key has it for itself. */
  sharedBy: string | null;
}

export interface GrantRights {
  /** False: a policy without the partition `access` limits an API that others open. */
  opens: boolean;
  /** Null: all of the API. */
  only: { operations: readonly string[]; paths: readonly PathGrant[] } | null;
  rate: Tuple | null;
  quota: Tuple | null;
}

/** What a key may do, or one policy's share of it. */
export interface Rights {
  active: boolean;
  apis: ReadonlyMap<string, GrantRights>;
  rate: Tuple | null;
  quota: Tuple | null;
  spike: Tuple | null;
  throttle: Throttle | null;
  /** Sorted, each once. */
  tags: readonly string[];
}

/** What everything united with it is itself. */
const NOTHING: Rights = Object.freeze({
  active: true,
  apis: new Map(),
  rate: null,
  quota: null,
  spike: null,
  throttle: null,
  tags: [],
});

/**
 * Unites a key with its policies. For each limit the highest rate wins, compared as a fraction, the whole tuple together;
 * access is united; an inactive policy deactivates the key, and so does one that is missing, since rights that cannot be
 * read must not be guessed. A limit of the key's own is the exception made for this key and replaces the policies'.
 */
export function mergeRights(key: KeyRecord, policies: ReadonlyMap<string, Policy>): Rights {
  const carried = key.policies.map((id) => rightsOf(policies.get(id)));
  const own = rightsOfKey(key);
  const united = [...carried, own].reduce(unite, NOTHING);
  const opened = [...united.apis].filter(([, grant]) => grant.opens);
  return {
    ...united,
    apis: new Map(opened.map(([api, grant]) => [api, withOwn(grant, own.apis.get(api))])),
    rate: own.rate ?? united.rate,
    quota: own.quota ?? united.quota,
    spike: own.spike ?? united.spike,
    throttle: own.throttle ?? united.throttle,
  };
}

function withOwn(grant: GrantRights, own: GrantRights | undefined): GrantRights {
  return own ? { ...grant, rate: own.rate ?? grant.rate, quota: own.quota ?? grant.quota } : grant;
}

/** The share of one policy, without the parts that it leaves out. */
export function rightsOf(policy: Policy | undefined): Rights {
  if (!policy) return { ...NOTHING, active: false };
  const parts = new Set(policy.partitions);
  const sharedBy = policy.scope === "policy" ? policy.id : null;
  const limit = (part: "rate" | "quota", rate: Rate | undefined) =>
    parts.has(part) && rate ? { ...rate, sharedBy } : null;
  return {
    active: policy.state === "active",
    apis: new Map(
      Object.entries(policy.apis).map(([api, grant]) => [
        api,
        {
          opens: parts.has("access"),
          // What only limits says nothing about what is open.
          only: parts.has("access") ? onlyOf(grant) : null,
          rate: limit("rate", grant.rate),
          quota: limit("quota", grant.quota),
        },
      ]),
    ),
    rate: limit("rate", policy.rate),
    quota: limit("quota", policy.quota),
    spike: limit("rate", policy.spikeArrest && spikeWindow(policy.spikeArrest)),
    throttle: parts.has("rate") ? (policy.throttle ?? null) : null,
    tags: sortedOnce(policy.tags),
  };
}

function rightsOfKey(key: KeyRecord): Rights {
  const { state, apis, rate, quota, spikeArrest, throttle, tags } = key;
  const all = ["access", "rate", "quota"] as const;
  return rightsOf({
    id: key.id,
    state,
    partitions: [...all],
    scope: "key",
    apis,
    rate,
    quota,
    spikeArrest,
    throttle,
    tags,
  });
}

/** Commutative, associative and idempotent: the order in which a key names its policies never matters. */
export function unite(a: Rights, b: Rights): Rights {
  return {
    active: a.active && b.active,
    apis: uniteAccess(a.apis, b.apis),
    rate: higher(a.rate, b.rate),
    quota: higher(a.quota, b.quota),
    spike: higher(a.spike, b.spike),
    throttle: longer(a.throttle, b.throttle),
    tags: sortedOnce([...a.tags, ...b.tags]),
  };
}

function uniteAccess(a: Rights["apis"], b: Rights["apis"]): Rights["apis"] {
  const united = new Map(a);
  for (const [api, grant] of b) {
    const before = united.get(api);
    united.set(api, before ? uniteGrants(before, grant) : grant);
  }
  return united;
}

function uniteGrants(a: GrantRights, b: GrantRights): GrantRights {
  return {
    opens: a.opens || b.opens,
    only: uniteOnly(a, b),
    rate: higher(a.rate, b.rate),
    quota: higher(a.quota, b.quota),
  };
}

function uniteOnly(a: GrantRights, b: GrantRights): GrantRights["only"] {
  if (!a.opens) return b.only;
  if (!b.opens) return a.only;
  // A grant without a list opens the whole API, so the union with it does too.
  if (!a.only || !b.only) return null;
  return {
    operations: sortedOnce([...a.only.operations, ...b.only.operations]),
    paths: pathsOnce([...a.only.paths, ...b.only.paths]),
  };
}

function onlyOf({ operations, paths }: AccessGrant): GrantRights["only"] {
  if (!operations && !paths) return null;
  return { operations: sortedOnce(operations ?? []), paths: pathsOnce(paths ?? []) };
}

/** Equal fractions need an order too, or the winner would depend on which came first: more at once wins, then one's own. */
function higher(a: Tuple | null, b: Tuple | null): Tuple | null {
  if (!a || !b) return a ?? b;
  // Cross-multiplied, so that no division loses a digit.
  const [ofA, ofB] = [BigInt(a.limit) * BigInt(b.windowMs), BigInt(b.limit) * BigInt(a.windowMs)];
  if (ofA !== ofB) return ofA > ofB ? a : b;
  if (a.limit !== b.limit) return a.limit > b.limit ? a : b;
  return (a.sharedBy ?? "") <= (b.sharedBy ?? "") ? a : b;
}

/** As with the limits, the more generous one whole: who may wait longer, then in the longer queue. */
function longer(a: Throttle | null, b: Throttle | null): Throttle | null {
  if (!a || !b) return a ?? b;
  if (a.waitUpTo !== b.waitUpTo) return a.waitUpTo > b.waitUpTo ? a : b;
  return a.queue >= b.queue ? a : b;
}

function sortedOnce(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

function pathsOnce(paths: readonly PathGrant[]): PathGrant[] {
  const named = new Map(
    paths.map(({ methods, path }) => {
      const sorted = methods && (sortedOnce(methods) as NonNullable<PathGrant["methods"]>);
      return [`${path} ${sorted?.join() ?? "*"}`, sorted ? { methods: sorted, path } : { path }];
    }),
  );
  return [...named].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}
