import type { KeyRecord } from "#contracts/key/record.ts";
import type { KeyBody, KeyView } from "#contracts/plane/entities.ts";
import { policies, type keys } from "#drizzle/controlplane/schema.ts";
import type { PlaneTx } from "../db/database.ts";

export type KeyRow = typeof keys.$inferSelect;

/** A key as people see it; the names are those of `policyNames`. */
export function viewKey(row: KeyRow, names: Map<string, string>): KeyView {
  const { record } = row;
  const { rate = null, quota = null, spikeArrest = null, throttle = null, ...body } = bodyOfKey(record);
  return {
    ...body,
    rate,
    quota,
    spikeArrest,
    throttle,
    id: row.id,
    hint: row.hint,
    state: row.revokedAt ? "revoked" : record.state,
    policies: body.policies.map((id) => ({ id, name: names.get(id) ?? id })),
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** What people say of a key, from what nodes are told of it. */
export function bodyOfKey({ id: _id, hash: _hash, version: _version, expiresAtMs, ...rights }: KeyRecord): KeyBody {
  return {
    ...rights,
    // Policies were looked up when they were written: each id is one.
    policies: rights.policies as KeyBody["policies"],
    expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
  };
}

export async function policyNames(db: Pick<PlaneTx, "select">): Promise<Map<string, string>> {
  const rows = await db.select({ id: policies.id, name: policies.name }).from(policies);
  return new Map(rows.map((row) => [row.id, row.name]));
}
