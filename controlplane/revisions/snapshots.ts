import { createHash, sign } from "node:crypto";
import { desc } from "drizzle-orm";
import { canonicalJson } from "#base/canonical.ts";
import { Lru } from "#base/lru.ts";
import type { ResolvedApi } from "#contracts/api/resolved.ts";
import type { Policy } from "#contracts/policy/policy.ts";
import { revisionSigningInput, type SignedSnapshot } from "#contracts/revision/snapshot.ts";
import { revisions } from "#drizzle/controlplane/schema.ts";
import type { Plane } from "../plane.ts";

interface Revision {
  revision: number;
  apis: ResolvedApi[];
  policies: Policy[];
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
    const body = JSON.parse(row.body) as Omit<Revision, "revision">;
    this.#current = { revision: row.revision, apis: body.apis, policies: body.policies };
    this.#made.clear();
    return true;
  }

  get revision(): number {
    return this.#current?.revision ?? 0;
  }

  /** What a node of this cluster with these tags should run. */
  for(cluster: string, tags: string[]): SignedSnapshot {
    const current = this.#current;
    if (!current) throw new Error("no revision was published yet");
    const name = `${cluster} ${tags.toSorted().join(" ")}`;
    const made = this.#made.get(name) ?? this.#sign(cluster, shareOf(current, tags));
    this.#made.set(name, made);
    return made;
  }

  #sign(cluster: string, { revision, apis, policies }: Revision): SignedSnapshot {
    const body = canonicalJson({ format: 1, apis, policies });
    const hash = createHash("sha256").update(body).digest("hex");
    const input = Buffer.from(revisionSigningInput({ cluster, revision, hash }));
    const signature = sign(null, input, this.#plane.revisionKey).toString("base64url");
    return { revision, cluster, hash, signature, body };
  }
}

/** The APIs that carry one of the tags, and those without tags; grants to the others are left out with them. */
export function shareOf(revision: Revision, tags: string[]): Revision {
  const carried = new Set(tags);
  const apis = revision.apis.filter((api) => api.tags.length === 0 || api.tags.some((tag) => carried.has(tag)));
  const present = new Set(apis.map((api) => api.id));
  const policies = revision.policies.map((policy) => ({
    ...policy,
    apis: Object.fromEntries(Object.entries(policy.apis).filter(([api]) => present.has(api))),
  }));
  return { revision: revision.revision, apis, policies };
}
