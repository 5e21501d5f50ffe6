import { and, desc, eq } from "drizzle-orm";
import type { z } from "zod";
import type { enrolmentTokenView } from "#contracts/console/views.ts";
import type { EnrolmentTokenId } from "#contracts/ids.ts";
import { enrolmentTokens } from "#drizzle/console/schema.ts";
import { recordAudit } from "../audit/record-audit.ts";
import { findCluster } from "../clusters/find-cluster.ts";
import { forOrg } from "../db/database.ts";
import { notFound, type OrgScope } from "../scope.ts";

export type EnrolmentTokenRow = typeof enrolmentTokens.$inferSelect;
export type EnrolmentTokenView = z.infer<typeof enrolmentTokenView>;

/** The tokens that people made; the one of a cloud cluster's own stack is the machine's. */
export async function listEnrolmentTokens(
  scope: OrgScope,
  input: { cluster: string; environment?: string },
): Promise<EnrolmentTokenView[]> {
  return forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const cluster = await findCluster(tx, scope, input.cluster, input.environment);
    const rows = await tx
      .select()
      .from(enrolmentTokens)
      .where(and(eq(enrolmentTokens.clusterId, cluster.id), eq(enrolmentTokens.managed, false)))
      .orderBy(desc(enrolmentTokens.createdAt));
    return rows.map((row) => viewToken(row, scope.deps.clock.now()));
  });
}

export async function revokeEnrolmentToken(
  scope: OrgScope,
  input: { cluster: string; environment?: string; token: string },
): Promise<void> {
  await forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const cluster = await findCluster(tx, scope, input.cluster, input.environment);
    const [revoked] = await tx
      .update(enrolmentTokens)
      .set({ revokedAt: new Date(scope.deps.clock.now()) })
      .where(
        and(
          eq(enrolmentTokens.id, input.token as EnrolmentTokenId),
          eq(enrolmentTokens.clusterId, cluster.id),
          eq(enrolmentTokens.managed, false),
        ),
      )
      .returning();
    if (!revoked) throw notFound("enrolment token");
    await recordAudit(tx, scope, {
      action: "enrolmentToken.revoke",
      target: { kind: "enrolmentToken", id: revoked.id, name: revoked.name },
      environmentId: cluster.environmentId,
    });
  });
}

export function tokenState(row: EnrolmentTokenRow, nowMs: number): EnrolmentTokenView["state"] {
  if (row.revokedAt) return "revoked";
  if (row.expiresAt && row.expiresAt.getTime() <= nowMs) return "expired";
  return row.maxUses !== null && row.uses >= row.maxUses ? "used_up" : "live";
}

export function viewToken(row: EnrolmentTokenRow, nowMs: number): EnrolmentTokenView {
  return {
    id: row.id,
    clusterId: row.clusterId,
    name: row.name,
    hint: row.hint,
    state: tokenState(row, nowMs),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    maxUses: row.maxUses,
    uses: row.uses,
    createdAt: row.createdAt.toISOString(),
  };
}
