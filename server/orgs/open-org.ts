import { and, eq } from "drizzle-orm";
import type { z } from "zod";
import type { me, memberView, organisationView } from "#contracts/console/views.ts";
import { memberships, organisations, teams, users } from "#drizzle/console/schema.ts";
import type { Session } from "../auth/sessions.ts";
import { forOrg } from "../db/database.ts";
import type { Deps } from "../deps.ts";
import { permissionsOf } from "../permissions.ts";
import { notFound, type OrgScope } from "../scope.ts";

/** The scope of a signed-in person in an organisation of theirs; anyone else's is not found. */
export async function openOrg(deps: Deps, session: Session, slug: string): Promise<OrgScope> {
  const [row] = await deps.db
    .select({ org: organisations, role: memberships.role })
    .from(organisations)
    .innerJoin(memberships, and(eq(memberships.orgId, organisations.id), eq(memberships.userId, session.userId)))
    .where(eq(organisations.slug, slug));
  if (!row) throw notFound("organisation");
  return {
    deps,
    org: { id: row.org.id, slug: row.org.slug, name: row.org.name },
    actor: { kind: "user", id: session.userId, name: session.email },
    userId: session.userId,
    role: row.role,
    emailVerified: session.emailVerified,
  };
}

export async function describeMe(deps: Deps, session: Session): Promise<z.infer<typeof me>> {
  const workspaces = await deps.db
    .select({ id: organisations.id, slug: organisations.slug, name: organisations.name, role: memberships.role })
    .from(memberships)
    .innerJoin(organisations, eq(organisations.id, memberships.orgId))
    .where(eq(memberships.userId, session.userId))
    .orderBy(organisations.name);
  const { userId: id, email, name, emailVerified } = session;
  return { id, email, name, emailVerified, workspaces };
}

export async function describeOrg(scope: OrgScope): Promise<z.infer<typeof organisationView>> {
  const own = await forOrg(scope.deps.db, scope.org.id, (tx) =>
    tx.select({ id: teams.id, slug: teams.slug, name: teams.name }).from(teams).where(eq(teams.orgId, scope.org.id)),
  );
  return { ...scope.org, role: scope.role, permissions: [...permissionsOf[scope.role]], teams: own };
}

export async function listMembers(scope: OrgScope): Promise<z.infer<typeof memberView>[]> {
  const rows = await forOrg(scope.deps.db, scope.org.id, (tx) =>
    tx
      .select({
        userId: users.id,
        email: users.email,
        name: users.name,
        verifiedAt: users.emailVerifiedAt,
        role: memberships.role,
        joinedAt: memberships.createdAt,
      })
      .from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(eq(memberships.orgId, scope.org.id)),
  );
  return rows.map(({ verifiedAt, joinedAt, ...row }) => ({
    ...row,
    emailVerified: verifiedAt !== null,
    joinedAt: joinedAt.toISOString(),
  }));
}
