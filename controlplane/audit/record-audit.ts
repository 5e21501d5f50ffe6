import { desc, lt } from "drizzle-orm";
import { chainEntry } from "#base/audit-chain.ts";
import { canonicalJson } from "#base/canonical.ts";
import { newId } from "#base/id.ts";
import type { Actor } from "#contracts/plane/claims.ts";
import type { AuditView } from "#contracts/plane/entities.ts";
import { audit } from "#drizzle/controlplane/schema.ts";
import { lockState, moveState, type PlaneTx } from "../db/database.ts";
import type { Plane } from "../plane.ts";

export type Diff = Record<string, { before?: unknown; after?: unknown }>;

export interface AuditEntry {
  actor: Actor;
  action: string;
  target: { kind: string; id: string; name: string };
  diff: Diff;
}

/** Appends to the tenant's chain inside the transaction of the change: both stand or neither. */
export async function recordAudit(tx: PlaneTx, plane: Plane, entry: AuditEntry): Promise<void> {
  const state = await lockState(tx);
  const atMs = plane.clock.now();
  const head = { seq: state.auditSeq, hash: state.auditHash };
  const row = chainEntry(head, { id: newId("aud", atMs, plane.random), atMs, ...entry });
  await tx.insert(audit).values(row);
  await moveState(tx, { auditSeq: row.seq, auditHash: row.hash });
}

/** The members that differ, before and after. */
export function diffOf(before: Record<string, unknown>, after: Record<string, unknown>): Diff {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names].filter((name) => canonicalJson(before[name]) !== canonicalJson(after[name]));
  return Object.fromEntries(changed.map((name) => [name, { before: before[name], after: after[name] }]));
}

const PAGE = 50;

/** Newest first; the cursor is a sequence number. */
export async function listAudit(
  plane: Plane,
  cursor: string | undefined,
): Promise<{ items: AuditView[]; nextCursor: string | null }> {
  const before = Number(cursor);
  const rows = await plane.db
    .select()
    .from(audit)
    .where(before > 0 ? lt(audit.seq, before) : undefined)
    .orderBy(desc(audit.seq))
    .limit(PAGE + 1);
  const items = rows.slice(0, PAGE).map(({ atMs, ...row }) => ({ ...row, at: new Date(atMs).toISOString() }));
  return { items, nextCursor: rows.length > PAGE ? String(items.at(-1)!.seq) : null };
}
