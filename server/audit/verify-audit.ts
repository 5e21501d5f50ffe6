import { and, eq, gt } from "drizzle-orm";
import { followChain, type ChainHead } from "#base/audit-chain.ts";
import { audit, organisations } from "#drizzle/console/schema.ts";
import { forOrg, type Tx } from "../db/database.ts";
import type { OrgScope } from "../scope.ts";

/** A chain may be long; it is never held whole. */
const PAGE = 1_000;

/** Recomputes the whole chain; `brokenAt` is the first entry that was changed, removed or moved, also at the end. */
export async function verifyAudit(scope: OrgScope): Promise<{ entries: number; brokenAt: number | null }> {
  return forOrg(scope.deps.db, scope.org.id, async (tx) => {
    // The lock keeps the head still while its entries are read.
    const [kept] = await tx
      .select({ seq: organisations.auditSeq, hash: organisations.auditHash })
      .from(organisations)
      .where(eq(organisations.id, scope.org.id))
      .for("share");
    let head: ChainHead = { seq: 0, hash: "" };
    for (;;) {
      const entries = await entriesAfter(tx, scope, head.seq);
      if (entries.length === 0) break;
      const followed = followChain(head, entries);
      if ("brokenAt" in followed) return { entries: kept!.seq, brokenAt: followed.brokenAt };
      head = followed.head;
    }
    const whole = head.seq === kept!.seq && head.hash === kept!.hash;
    return { entries: kept!.seq, brokenAt: whole ? null : head.seq + 1 };
  });
}

/** Exactly the members that were chained, and the hash. */
const chained = {
  id: audit.id,
  seq: audit.seq,
  atMs: audit.atMs,
  actor: audit.actor,
  action: audit.action,
  target: audit.target,
  environmentId: audit.environmentId,
  diff: audit.diff,
  previousHash: audit.previousHash,
  hash: audit.hash,
};

const entriesAfter = (tx: Tx, scope: OrgScope, seq: number) =>
  tx
    .select(chained)
    .from(audit)
    .where(and(eq(audit.orgId, scope.org.id), gt(audit.seq, seq)))
    .orderBy(audit.seq)
    .limit(PAGE);
