import { and, desc, eq, isNull } from "drizzle-orm";
import type { z } from "zod";
import { newId } from "#base/id.ts";
import { hashToken, newToken } from "#base/token.ts";
import type { apiTokenView } from "#contracts/console/views.ts";
import type { ApiTokenId } from "#contracts/ids.ts";
import type { Role } from "#contracts/plane/claims.ts";
import { apiTokens } from "#drizzle/console/schema.ts";
import { recordAudit } from "../audit/record-audit.ts";
import { forOrg } from "../db/database.ts";
import { weakerRole } from "../permissions.ts";
import { notFound, type OrgScope } from "../scope.ts";

type Row = typeof apiTokens.$inferSelect;
export type ApiTokenView = z.infer<typeof apiTokenView>;

const view = (row: Row): ApiTokenView => ({
  id: row.id,
  name: row.name,
  hint: row.hint,
  role: row.role,
  expiresAt: row.expiresAt?.toISOString() ?? null,
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
});

export async function listApiTokens(scope: OrgScope): Promise<ApiTokenView[]> {
  return forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const rows = await tx
      .select()
      .from(apiTokens)
      .where(and(eq(apiTokens.orgId, scope.org.id), isNull(apiTokens.revokedAt)))
      .orderBy(desc(apiTokens.createdAt));
    return rows.map(view);
  });
}

/** The token is in this answer only; what is kept is its hash. Its role is never above its maker's. */
export async function createApiToken(
  scope: OrgScope,
  input: { name: string; role: Role; expiresInDays: number | null },
): Promise<ApiTokenView & { token: string }> {
  const { deps } = scope;
  const token = newToken("pat", deps.random);
  const now = deps.clock.now();
  return forOrg(deps.db, scope.org.id, async (tx) => {
    const [row] = await tx
      .insert(apiTokens)
      .values({
        id: newId("pat", now, deps.random) as ApiTokenId,
        orgId: scope.org.id,
        userId: scope.userId,
        name: input.name,
        hash: hashToken(token),
        hint: token.slice(0, 12),
        role: weakerRole(input.role, scope.role),
        expiresAt: input.expiresInDays === null ? null : new Date(now + input.expiresInDays * 86_400_000),
        createdAt: new Date(now),
      })
      .returning();
    await recordAudit(tx, scope, {
      action: "apiToken.create",
      target: { kind: "apiToken", id: row!.id, name: input.name },
      diff: { role: { after: row!.role } },
    });
    return { ...view(row!), token };
  });
}

export async function revokeApiToken(scope: OrgScope, id: string): Promise<void> {
  await forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const [row] = await tx
      .update(apiTokens)
      .set({ revokedAt: new Date(scope.deps.clock.now()) })
      .where(and(eq(apiTokens.orgId, scope.org.id), eq(apiTokens.id, id as ApiTokenId), isNull(apiTokens.revokedAt)))
      .returning();
    if (!row) throw notFound("API token");
    await recordAudit(tx, scope, {
      action: "apiToken.revoke",
      target: { kind: "apiToken", id: row.id, name: row.name },
    });
  });
}
