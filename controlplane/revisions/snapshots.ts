import { createHash, sign } from "node:crypto";
import { desc } from "drizzle-orm";
import { canonicalJson } from "#base/canonical.ts";
import { Lru } from "#base/lru.ts";
import type { ResolvedApi } from "#contracts/api/resolved.ts";
import type { Policy } from "#contracts/policy/policy.ts";
import {
  TAKES_SETTINGS,
  revisionSigningInput,
  type SignedSnapshot,
  type SnapshotBody,
} from "#contracts/revision/snapshot.ts";
import { revisions } from "#drizzle/controlplane/schema.ts";
import type { Plane } from "../plane.ts";
import { settingsFor, type ScopedSettings } from "../settings/read-settings.ts";

type Body = Omit<Revision, "revision" | "gateways"> & Partial<Pick<Revision, "gateways">>;

interface Revision {
  revision: number;
  apis: ResolvedApi[];
  policies: Policy[];
  gateways: ScopedSettings;
}

/** What the console gave a node's cluster, and what the node itself says that it can read. */
export interface Reader {
  cluster: string;
  tags: readonly string[];
  capabilities: readonly string[];
}

/** Signed snapshots of the newest revision, one for each cluster and set of tags; made once, sent to many. */
export class Snapshots {
  readonly #plane: Plane;
  readonly #made = new Lru<string, SignedSnapshot>(1_000);
  #current: Revision | undefined;

  constructor(plane: Plane) {
    this.#plane = plane;
  }

  /** Reads the newest revision; true when it is one that was not known before. */
  async refresh(): Promise<boolean> {
    const [row] = await this.#plane.db.select().from(revisions).orderBy(desc(revisions.revision)).limit(1);
    if (!row || row.revision === this.#current?.revision) return false;
    // A revision of a version before there were any has no settings of gateways.
    const { apis, policies, gateways = {} } = JSON.parse(row.body) as Body;
    this.#current = { revision: row.revision, apis, policies, gateways };
    this.#made.clear();
    return true;
  }

  get revision(): number {
    return this.#current?.revision ?? 0;
  }

  /** What a node of this cluster with these tags should run, as far as it can read it. */
  for({ cluster, tags, capabilities }: Reader): SignedSnapshot {
    const current = this.#current;
    if (!current) throw new Error("no revision was published yet");
    const takesSettings = capabilities.includes(TAKES_SETTINGS);
    const name = `${cluster} ${takesSettings} ${tags.toSorted().join(" ")}`;
    const made = this.#made.get(name) ?? this.#sign(cluster, current, tags, takesSettings);
    this.#made.set(name, made);
    return made;
  }

  #sign(cluster: string, current: Revision, tags: readonly string[], takesSettings: boolean): SignedSnapshot {
    const { revision } = current;
    // An older node refuses a body with a member that it does not know: it gets its APIs without.
    const gateway = takesSettings ? settingsFor(cluster, current.gateways) : undefined;
    const body = canonicalJson({ format: 1, ...shareOf(current, tags), gateway } satisfies SnapshotBody);
    const hash = createHash("sha256").update(body).digest("hex");
    const input = Buffer.from(revisionSigningInput({ cluster, revision, hash }));
    const signature = sign(null, input, this.#plane.revisionKey).toString("base64url");
    return { revision, cluster, hash, signature, body };
  }
}

/** The APIs that carry one of the tags, and those without tags; grants to the others are left out with them. */
function shareOf(revision: Revision, tags: readonly string[]): Pick<Revision, "apis" | "policies"> {
  const carried = new Set(tags);
  const apis = revision.apis.filter((api) => api.tags.length === 0 || api.tags.some((tag) => carried.has(tag)));
  const present = new Set(apis.map((api) => api.id));
  const policies = revision.policies.map((policy) => ({
    ...policy,
    apis: Object.fromEntries(Object.entries(policy.apis).filter(([api]) => present.has(api))),
  }));
  return { apis, policies };
}
