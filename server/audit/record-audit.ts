import { eq } from "drizzle-orm";
import { chainEntry } from "#base/audit-chain.ts";
import { newId } from "#base/id.ts";
import type { AuditId, EnvironmentId } from "#contracts/ids.ts";
import { audit, organisations } from "#drizzle/console/schema.ts";
import type { Tx } from "../db/database.ts";
import type { OrgScope } from "../scope.ts";

export interface AuditEntry {
  /** `environment.create` */
  action: string;
  target: { kind: string; id: string; name: string };
  environmentId?: EnvironmentId;
  /** Changed members. Never a secret. */
  diff?: Record<string, { before?: unknown; after?: unknown }>;
}

/**
 * Appends to the organisation's chain inside the transaction of the change: both stand or neither. The row of the
 * organisation is the chain's head and its lock, so that entries are numbered without gaps.
 */
export async function recordAudit(
  tx: Tx,
  scope: Pick<OrgScope, "deps" | "org" | "actor">,
  entry: AuditEntry,
): Promise<void> {
  const [head] = await tx
    .select({ seq: organisations.auditSeq, hash: organisations.auditHash })
    .from(organisations)
    .where(eq(organisations.id, scope.org.id))
    .for("update");
  if (!head) throw new Error(`organisation ${scope.org.id} has no audit head`);
  const atMs = scope.deps.clock.now();
  const row = chainEntry(head, {
    id: newId("aud", atMs, scope.deps.random) as AuditId,
    atMs,
    actor: scope.actor,
    action: entry.action,
    target: entry.target,
    environmentId: entry.environmentId ?? null,
    diff: entry.diff ?? {},
  });
  await tx.insert(audit).values({ ...row, orgId: scope.org.id, at: new Date(atMs) });
  await tx
    .update(organisations)
    .set({ auditSeq: row.seq, auditHash: row.hash })
    .where(eq(organisations.id, scope.org.id));
}
