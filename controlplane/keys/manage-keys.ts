import { desc, eq, inArray } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import { newId } from "#base/id.ts";
import { hashToken, newToken } from "#base/token.ts";
import type { KeyId } from "#contracts/ids.ts";
import { keyRecord, type KeyRecord } from "#contracts/key/record.ts";
import type { Actor } from "#contracts/plane/claims.ts";
import type { KeyBody, KeyCreated, KeyView } from "#contracts/plane/entities.ts";
import { keys } from "#drizzle/controlplane/schema.ts";
import { staleVersion } from "../apis/manage-apis.ts";
import { diffOf, recordAudit } from "../audit/record-audit.ts";
import type { PlaneTx } from "../db/database.ts";
import type { Plane } from "../plane.ts";
import { demandRights } from "./demand-rights.ts";
import { appendKeyEvent } from "./key-events.ts";
import { bodyOfKey, policyNames, viewKey, type KeyRow } from "./view-key.ts";

const HINT_LENGTH = 13;

export async function listKeys(plane: Plane): Promise<KeyView[]> {
  const rows = await plane.db.select().from(keys).orderBy(desc(keys.createdAt)).limit(1_000);
  const names = await policyNames(plane.db);
  return rows.map((row) => viewKey(row, names));
}

export async function getKey(plane: Plane, id: string): Promise<KeyView> {
  const [row] = await plane.db
    .select()
    .from(keys)
    .where(eq(keys.id, id as KeyId));
  if (!row) throw noSuchKey();
  return viewKey(row, await policyNames(plane.db));
}

/** The key is in this answer only. Every node hears of it at once, so that a cached "unknown" does not linger. */
export async function createKey(plane: Plane, actor: Actor, body: KeyBody): Promise<KeyCreated> {
  const secret = newToken("key", plane.random);
  const id = newId("key", plane.clock.now(), plane.random) as KeyId;
  const { name } = body;
  const record = recordOf({ id, hash: hashToken(secret), version: 1 }, body);
  return plane.db.transaction(async (tx) => {
    await demandRights(tx, body);
    const [row] = await tx
      .insert(keys)
      .values({ id, hash: record.hash, hint: secret.slice(0, HINT_LENGTH), name, record })
      .returning();
    const target = { kind: "key", id, name };
    const diff = { policies: { after: body.policies } };
    await recordAudit(tx, plane, { actor, action: "key.create", target, diff });
    await appendKeyEvent(tx, { hash: record.hash, key: record });
    return { ...viewKey(row!, await policyNames(tx)), secret };
  });
}

/** Every node has the key's new rights with the next event; the record's version tells those that miss it. */
export async function updateKey(
  plane: Plane,
  actor: Actor,
  id: string,
  version: number,
  body: KeyBody,
): Promise<KeyView> {
  return plane.db.transaction(async (tx) => {
    const before = await findForUpdate(tx, id);
    if (before.revokedAt)
      throw new AppError("conflict", `${before.name} is revoked and stays so. Make another key in its place.`);
    if (before.version !== version) throw staleVersion("key", before.version);
    await demandRights(tx, body, before.record);
    const { name } = body;
    const record = recordOf({ id: before.id, hash: before.hash, version: version + 1 }, body);
    const [row] = await tx
      .update(keys)
      .set({ name, record, version: record.version, updatedAt: new Date(plane.clock.now()) })
      .where(eq(keys.id, before.id))
      .returning();
    const target = { kind: "key", id, name };
    const diff = diffOf(bodyOfKey(before.record), bodyOfKey(record));
    await recordAudit(tx, plane, { actor, action: "key.update", target, diff });
    await appendKeyEvent(tx, { hash: record.hash, key: record });
    return viewKey(row!, await policyNames(tx));
  });
}

export async function revokeKey(plane: Plane, actor: Actor, id: string): Promise<void> {
  await plane.db.transaction(async (tx) => {
    const row = await findForUpdate(tx, id);
    if (row.revokedAt) return;
    const now = new Date(plane.clock.now());
    await tx
      .update(keys)
      .set({ revokedAt: now, updatedAt: now, version: row.version + 1 })
      .where(eq(keys.id, row.id));
    const target = { kind: "key", id, name: row.name };
    await recordAudit(tx, plane, {
      actor,
      action: "key.revoke",
      target,
      diff: { state: { before: row.record.state, after: "revoked" } },
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

function recordOf(of: Pick<KeyRecord, "id" | "hash" | "version">, body: KeyBody): KeyRecord {
  const { expiresAt, ...rights } = body;
  return keyRecord.parse({ ...rights, ...of, expiresAtMs: expiresAt === null ? null : Date.parse(expiresAt) });
}

async function findForUpdate(tx: PlaneTx, id: string): Promise<KeyRow> {
  const [row] = await tx
    .select()
    .from(keys)
    .where(eq(keys.id, id as KeyId))
    .for("update");
  if (!row) throw noSuchKey();
  return row;
}

const noSuchKey = () => new AppError("not_found", "There is no such key, or you have no access to it.");
