import { and, eq, isNull } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import { hashToken, parseToken } from "#base/token.ts";
import { apiTokens, memberships, organisations, users } from "#drizzle/console/schema.ts";
import type { Deps } from "../deps.ts";
import { weakerRole } from "../permissions.ts";
import type { OrgScope } from "../scope.ts";

/** The scope that a bearer token opens. It acts with its own role, or its maker's where that is less by now. */
export async function scopeOfApiToken(deps: Deps, token: string): Promise<OrgScope> {
  const refused = new AppError("unauthenticated", "This API token is not known, was revoked or has expired.");
  if (!("kind" in parseToken(token))) throw refused;
  const [row] = await deps.db
    .select({ token: apiTokens, org: organisations, user: users, role: memberships.role })
    .from(apiTokens)
    .innerJoin(organisations, eq(organisations.id, apiTokens.orgId))
    .innerJoin(users, eq(users.id, apiTokens.userId))
    .innerJoin(memberships, and(eq(memberships.orgId, apiTokens.orgId), eq(memberships.userId, apiTokens.userId)))
    .where(and(eq(apiTokens.hash, hashToken(token)), isNull(apiTokens.revokedAt)));
  const now = deps.clock.now();
  if (!row || (row.token.expiresAt && row.token.expiresAt.getTime() <= now)) throw refused;
  await noteUse(deps, row.token);
  return {
    deps,
    org: row.org,
    actor: { kind: "api_token", id: row.token.id, name: row.token.name },
    userId: row.user.id,
    role: weakerRole(row.token.role, row.role),
    emailVerified: row.user.emailVerifiedAt !== null,
  };
}

/** People ask which token is still in use, not for the second: a busy client does not write a row a request. */
const NOTE_EVERY_MS = 60_000;

async function noteUse(deps: Deps, token: typeof apiTokens.$inferSelect): Promise<void> {
  const now = deps.clock.now();
  if (token.lastUsedAt && now - token.lastUsedAt.getTime() < NOTE_EVERY_MS) return;
  await deps.db
    .update(apiTokens)
    .set({ lastUsedAt: new Date(now) })
    .where(eq(apiTokens.id, token.id));
}
