import { createHash } from "node:crypto";
import { asc, desc, sql } from "drizzle-orm";
import { canonicalJson } from "#base/canonical.ts";
import type { Actor } from "#contracts/plane/claims.ts";
import type { RevisionView } from "#contracts/plane/entities.ts";
import { apis, policies, revisions } from "#drizzle/controlplane/schema.ts";
import { lockState, moveState, wakePlanes, type PlaneTx } from "../db/database.ts";
import type { Plane } from "../plane.ts";
import { readScopedSettings } from "../settings/read-settings.ts";

const systemActor: Actor = { kind: "system", id: "controlplane", name: "Control plane" };

/**
 * Compiles what stands now into the next revision, in the transaction of the change. Inactive APIs stay out; policies go
 * whole, since an inactive one takes its keys along. Returns the number.
 */
export async function publish(tx: PlaneTx, plane: Plane, actor: Actor, summary: string): Promise<number> {
  const state = await lockState(tx);
  const active = await tx
    .select({ resolved: apis.resolved })
    .from(apis)
    .where(sql`${apis.settings}->>'state' = 'active'`)
    .orderBy(asc(apis.id));
  const carried = await tx.select().from(policies).orderBy(asc(policies.id));
  const standing = canonicalJson(carried.map((row) => ({ ...row.body, id: row.id })));
  const gateways = canonicalJson(await readScopedSettings(tx));
  // Canonical JSON of canonical parts: members in the order of their names.
  const body = `{"apis":[${active.map(({ resolved }) => resolved).join(",")}],"format":1,"gateways":${gateways},"policies":${standing}}`;
  const revision = state.revision + 1;
  const hash = createHash("sha256").update(body).digest("hex");
  await tx.insert(revisions).values({
    revision,
    body,
    hash,
    summary,
    actor,
    apis: active.length,
    policies: carried.length,
    createdAt: new Date(plane.clock.now()),
  });
  await moveState(tx, { revision });
  await wakePlanes(tx, "revision");
  return revision;
}

/** A new control plane has something to say: the empty revision 1, so that nodes become ready. */
export async function publishFirst(plane: Plane): Promise<void> {
  await plane.db.transaction(async (tx) => {
    const state = await lockState(tx);
    if (state.revision === 0) await publish(tx, plane, systemActor, "Created the control plane");
  });
}

export async function listRevisions(plane: Plane): Promise<RevisionView[]> {
  const rows = await plane.db
    .select({
      revision: revisions.revision,
      hash: revisions.hash,
      createdAt: revisions.createdAt,
      actor: revisions.actor,
      summary: revisions.summary,
      apis: revisions.apis,
      policies: revisions.policies,
    })
    .from(revisions)
    .orderBy(desc(revisions.revision))
    .limit(100);
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
}
