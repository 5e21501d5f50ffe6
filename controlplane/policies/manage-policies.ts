import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import { newId } from "#base/id.ts";
import type { PolicyId } from "#contracts/ids.ts";
import type { Actor } from "#contracts/plane/claims.ts";
import type { PolicyBody, PolicyView } from "#contracts/plane/entities.ts";
import { policy } from "#contracts/policy/policy.ts";
import { apis, keys, policies } from "#drizzle/controlplane/schema.ts";
import { apisThatGive } from "../apis/auth-policies.ts";
import { staleVersion } from "../apis/manage-apis.ts";
import { diffOf, recordAudit } from "../audit/record-audit.ts";
import type { PlaneTx } from "../db/database.ts";
import type { Plane } from "../plane.ts";
import { publish } from "../revisions/publish.ts";

type PolicyRow = typeof policies.$inferSelect;
type Grants = PolicyBody["apis"];

export async function listPolicies(plane: Plane): Promise<PolicyView[]> {
  const rows = await plane.db.select().from(policies).orderBy(asc(policies.name), asc(policies.id));
  const counts = await keyCounts(plane.db);
  return rows.map((row) => view(row, counts.get(row.id) ?? 0));
}

export async function getPolicy(plane: Plane, id: string): Promise<PolicyView> {
  const row = await find(plane.db, id);
  return view(row, (await keyCounts(plane.db)).get(row.id) ?? 0);
}

export async function createPolicy(plane: Plane, actor: Actor, body: PolicyBody): Promise<PolicyView> {
  const id = newId("pol", plane.clock.now(), plane.random) as PolicyId;
  return plane.db.transaction(async (tx) => {
    await demandKnownApis(tx, body.apis);
    const [row] = await tx.insert(policies).values({ id, name: body.name, body }).returning();
    const target = { kind: "policy", id, name: body.name };
    await recordAudit(tx, plane, { actor, action: "policy.create", target, diff: diffOf({}, body) });
    await publish(tx, plane, actor, `Created policy ${body.name}`);
    return view(row!, 0);
  });
}

export async function updatePolicy(
  plane: Plane,
  actor: Actor,
  id: string,
  version: number,
  body: PolicyBody,
): Promise<PolicyView> {
  return plane.db.transaction(async (tx) => {
    const before = await find(tx, id);
    await demandKnownApis(tx, body.apis, before.body.apis);
    const [row] = await tx
      .update(policies)
      .set({ name: body.name, body, version: version + 1, updatedAt: new Date(plane.clock.now()) })
      .where(and(eq(policies.id, before.id), eq(policies.version, version)))
      .returning();
    if (!row) throw staleVersion("policy", before.version);
    const target = { kind: "policy", id, name: body.name };
    await recordAudit(tx, plane, { actor, action: "policy.update", target, diff: diffOf(before.body, body) });
    await publish(tx, plane, actor, `Changed policy ${body.name}`);
    return view(row, (await keyCounts(tx)).get(row.id) ?? 0);
  });
}

export async function deletePolicy(plane: Plane, actor: Actor, id: string): Promise<void> {
  await plane.db.transaction(async (tx) => {
    const row = await find(tx, id);
    const holders = (await keyCounts(tx)).get(row.id) ?? 0;
    if (holders > 0)
      throw new AppError("conflict", `${holders} keys carry the policy ${row.name}. Revoke them or change them first.`);
    const givers = await apisThatGive(tx, row.id);
    if (givers.length > 0)
      throw new AppError(
        "conflict",
        `Callers get ${row.name} by the authentication of ${givers.join(", ")}. Take it out of there first.`,
      );
    await tx.delete(policies).where(eq(policies.id, row.id));
    const target = { kind: "policy", id, name: row.name };
    await recordAudit(tx, plane, { actor, action: "policy.delete", target, diff: diffOf(row.body, {}) });
    await publish(tx, plane, actor, `Deleted policy ${row.name}`);
  });
}

async function find(db: Pick<PlaneTx, "select">, id: string): Promise<PolicyRow> {
  const [row] = await db
    .select()
    .from(policies)
    .where(eq(policies.id, id as PolicyId));
  if (!row) throw new AppError("not_found", "There is no such policy, or you have no access to it.");
  return row;
}

/**
 * A reference to nothing is an error here, at the desk of whoever writes it, and never at a request. An API that was deleted
 * since it was granted may stay: otherwise nothing else of the holder could be changed.
 */
export async function demandKnownApis(tx: PlaneTx, granted: Grants, before: Grants = {}): Promise<void> {
  const ids = Object.keys(granted).filter((id) => !(id in before));
  if (ids.length === 0) return;
  const known = new Set((await tx.select({ id: apis.id }).from(apis)).map(({ id }) => id as string));
  const missing = ids.find((id) => !known.has(id));
  if (missing)
    throw new AppError("invalid", `There is no API ${missing} in this environment.`, {
      fields: [{ path: `apis.${missing}`, message: "names no API of this environment" }],
    });
}

/** How many standing keys carry each policy. */
async function keyCounts(db: Pick<PlaneTx, "select">): Promise<Map<string, number>> {
  const rows = await db
    .select({
      policy: sql<string>`jsonb_array_elements_text(${keys.record}->'policies')`,
      count: sql<number>`count(*)::int`,
    })
    .from(keys)
    .where(isNull(keys.revokedAt))
    .groupBy(sql`1`);
  return new Map(rows.map((row) => [row.policy, row.count]));
}

function view(row: PolicyRow, keyCount: number): PolicyView {
  return {
    id: row.id,
    name: row.name,
    state: row.body.state,
    // A row of a version before these members has none.
    partitions: policy.shape.partitions.parse(row.body.partitions),
    scope: policy.shape.scope.parse(row.body.scope),
    apis: row.body.apis,
    rate: row.body.rate ?? null,
    quota: row.body.quota ?? null,
    spikeArrest: row.body.spikeArrest ?? null,
    throttle: row.body.throttle ?? null,
    tags: row.body.tags,
    keyCount,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
