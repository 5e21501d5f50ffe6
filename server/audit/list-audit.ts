import { and, desc, eq, lt } from "drizzle-orm";
import type { AuditView } from "#contracts/plane/entities.ts";
import { audit } from "#drizzle/console/schema.ts";
import { forOrg } from "../db/database.ts";
import { findEnvironment } from "../environments/find-environment.ts";
import type { OrgScope } from "../scope.ts";

const PAGE = 50;

/** The organisation's own chain, newest first; with `environment` only what touched it. The cursor is a sequence number. */
export async function listAudit(
  scope: OrgScope,
  input: { environment?: string; cursor?: string },
): Promise<{ items: AuditView[]; nextCursor: string | null }> {
  const before = input.cursor ? Number(input.cursor) : undefined;
  return forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const environment = input.environment ? await findEnvironment(tx, scope, input.environment) : undefined;
    const rows = await tx
      .select()
      .from(audit)
      .where(
        and(
          eq(audit.orgId, scope.org.id),
          environment && eq(audit.environmentId, environment.id),
          before ? lt(audit.seq, before) : undefined,
        ),
      )
      .orderBy(desc(audit.seq))
      .limit(PAGE + 1);
    const items = rows.slice(0, PAGE).map(({ id, seq, atMs, actor, action, target, diff, hash, previousHash }) => ({
      id,
      seq,
      // The time that the hash covers, and not the column beside it.
      at: new Date(atMs).toISOString(),
      actor,
      action,
      target,
      diff,
      hash,
      previousHash,
    }));
    return { items, nextCursor: rows.length > PAGE ? String(items.at(-1)!.seq) : null };
  });
}
