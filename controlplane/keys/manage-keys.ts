import { desc, eq, inArray } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import { newId } from "#base/id.ts";
import { hashToken, newToken } from "#base/token.ts";
import type { KeyId } from "#contracts/ids.ts";
import { keyRecord, type KeyRecord } from "#contracts/key/record.ts";
import type { Actor } from "#contracts/plane/claims.ts";
import type { KeyBody, KeyCreated, KeyView } from "#contracts/plane/entities.ts";
import { keys, policies } from "#drizzle/controlplane/schema.ts";
import { recordAudit } from "../audit/record-audit.ts";
import type { PlaneTx } from "../db/database.ts";
import type { Plane } from "../plane.ts";
import { demandKnownApis } from "../policies/manage-policies.ts";
import { appendKeyEvent } from "./key-events.ts";

type KeyRow = typeof keys.$inferSelect;
const HINT_LENGTH = 13;

export async function listKeys(plane: Plane): Promise<KeyView[]> {
  const rows = await plane.db.select().from(keys).orderBy(desc(keys.createdAt)).limit(1_000);
  const names = await policyNames(plane.db);
  return rows.map((row) => view(row, names));
}

/** The key is in this answer only. Every node hears of it at once, so that a cached "unknown" does not linger. */
export async function createKey(plane: Plane, actor: Actor, body: KeyBody): Promise<KeyCreated> {
  const secret = newToken("key", plane.random);
  const id = newId("key", plane.clock.now(), plane.random) as KeyId;
  const { expiresAt, policies: carried, ...rights } = body;
  const { name, apis } = rights;
  const record = keyRecord.parse({
    id,
    hash: hashToken(secret),
    ...rights,
    policies: carried,
    expiresAtMs: expiresAt === null ? null : Date.parse(expiresAt),
  });
  return plane.db.transaction(async (tx) => {
    await demandKnownPolicies(tx, carried);
    await demandKnownApis(tx, Object.keys(apis));
    if (carried.length === 0 && Object.keys(apis).length === 0)
      throw new AppError("invalid", "Choose a policy or an API: a key without either opens nothing.", {
        fields: [{ path: "policies", message: "choose at least one policy or API" }],
      });
    const [row] = await tx
      .insert(keys)
      .values({ id, hash: record.hash, hint: secret.slice(0, HINT_LENGTH), name, record })
      .returning();
    const target = { kind: "key", id, name };
    await recordAudit(tx, plane, { actor, action: "key.create", target, diff: { policies: { after: carried } } });
    await appendKeyEvent(tx, { hash: record.hash, key: record });
    return { ...view(row!, await policyNames(tx)), secret };
  });
}

export async function revokeKey(plane: Plane, actor: Actor, id: string): Promise<void> {
  await plane.db.transaction(async (tx) => {
    const [row] = await tx
      .select()
      .from(keys)
      .where(eq(keys.id, id as KeyId))
      .for("update");
    if (!row) throw new AppError("not_found", "There is no such key, or you have no access to it.");
    if (row.revokedAt) return;
    await tx
      .update(keys)
      .set({ revokedAt: new Date(plane.clock.now()), version: row.version + 1 })
      .where(eq(keys.id, row.id));
    const target = { kind: "key", id, name: row.name };
    await recordAudit(tx, plane, {
      actor,
      action: "key.revoke",
      target,
      diff: { state: { before: "active", after: "revoked" } },
    });
    await appendKeyEvent(tx, { hash: row.hash, key: null });
  });
}

/** What nodes may know of a key; null when there is none or it was revoked. */
export async function lookUpKey(plane: Plane, hash: string): Promise<KeyRecord | null> {
  const [row] = await plane.db.select().from(keys).where(eq(keys.hash, hash));
  return row && !row.revokedAt ? row.record : null;
}

/** Of the keys that a node holds, those that are no longer as it knows them. */
export async function changedKeys(plane: Plane, held: { hash: string; version: number }[]) {
  if (held.length === 0) return [];
  const hashes = held.map(({ hash }) => hash);
  const rows = await plane.db.select().from(keys).where(inArray(keys.hash, hashes));
  const standing = new Map(rows.filter((row) => !row.revokedAt).map((row) => [row.hash, row.record]));
  return held
    .map(({ hash, version }) => ({ hash, version, key: standing.get(hash) ?? null }))
    .filter(({ version, key }) => key?.version !== version)
    .map(({ hash, key }) => ({ hash, key }));
}

async function demandKnownPolicies(tx: PlaneTx, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  const known = await policyNames(tx);
  const missing = ids.find((id) => !known.has(id));
  if (missing)
    throw new AppError("invalid", `There is no policy ${missing} in this environment.`, {
      fields: [{ path: "policies", message: `${missing} names no policy of this environment` }],
    });
}

async function policyNames(db: Pick<PlaneTx, "select">): Promise<Map<string, string>> {
  const rows = await db.select({ id: policies.id, name: policies.name }).from(policies);
  return new Map(rows.map((row) => [row.id, row.name]));
}

function view(row: KeyRow, names: Map<string, string>): KeyView {
  const { record } = row;
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    state: row.revokedAt ? "revoked" : record.state,
    policies: record.policies.map((id) => ({ id: id as KeyView["policies"][number]["id"], name: names.get(id) ?? id })),
    apis: Object.keys(record.apis),
    rate: record.rate ?? null,
    quota: record.quota ?? null,
    spikeArrest: record.spikeArrest ?? null,
    throttle: record.throttle ?? null,
    metadata: record.metadata,
    ...(record.boundCertificate ? { boundCertificate: record.boundCertificate } : {}),
    expiresAt: record.expiresAtMs === null ? null : new Date(record.expiresAtMs).toISOString(),
    tags: record.tags,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
