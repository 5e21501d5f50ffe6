import { and, desc, eq, isNull } from "drizzle-orm";
import type { z } from "zod";
import type { environmentView } from "#contracts/console/views.ts";
import { deployments, environments } from "#drizzle/console/schema.ts";
import { viewDeployments } from "../clusters/view-deployment.ts";
import { forOrg, type Tx } from "../db/database.ts";
import type { OrgScope } from "../scope.ts";
import { findEnvironment, type EnvironmentRow } from "./find-environment.ts";

export type EnvironmentView = z.infer<typeof environmentView>;

export async function listEnvironments(scope: OrgScope): Promise<EnvironmentView[]> {
  return forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const rows = await tx
      .select()
      .from(environments)
      .where(and(eq(environments.orgId, scope.org.id), isNull(environments.destroyedAt)))
      .orderBy(desc(environments.createdAt));
    return viewEnvironments(tx, scope, rows);
  });
}

export async function getEnvironment(scope: OrgScope, reference: string): Promise<EnvironmentView> {
  return forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const row = await findEnvironment(tx, scope, reference);
    const [view] = await viewEnvironments(tx, scope, [row]);
    return view!;
  });
}

/** One query for all deployments, one for all runs: the cost does not grow with the number of environments. */
async function viewEnvironments(tx: Tx, scope: OrgScope, rows: EnvironmentRow[]): Promise<EnvironmentView[]> {
  const standing = await tx
    .select()
    .from(deployments)
    .where(and(eq(deployments.orgId, scope.org.id), isNull(deployments.destroyedAt)))
    .orderBy(deployments.createdAt);
  const wanted = new Set(rows.map((row) => row.id));
  const views = await viewDeployments(
    tx,
    scope,
    standing.filter((deployment) => wanted.has(deployment.environmentId)),
  );
  return rows.map((row) => {
    const own = views.filter((view) => view.environmentId === row.id);
    return {
      id: row.id,
      slug: row.slug,
      name: row.name,
      kind: row.kind,
      homeRegion: row.homeRegion,
      createdAt: row.createdAt.toISOString(),
      controlPlane: own.find((view) => view.kind === "control_plane") ?? null,
      clusters: own.filter((view) => view.kind !== "control_plane"),
    };
  });
}
