import { and, count, eq, isNull } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import { newId } from "#base/id.ts";
import type { EnvironmentId, RunId } from "#contracts/ids.ts";
import { environments, teams } from "#drizzle/console/schema.ts";
import { recordAudit } from "../audit/record-audit.ts";
import { insertDeployment } from "../clusters/insert-deployment.ts";
import type { Tx } from "../db/database.ts";
import { changeOrg } from "../orgs/change-org.ts";
import { slugOf } from "../orgs/slug.ts";
import { findRegion } from "../regions/regions.ts";
import { queueRun } from "../runs/queue-run.ts";
import type { OrgScope } from "../scope.ts";

export interface NewEnvironment {
  name: string;
  kind: "development" | "staging" | "production";
  homeRegion: string;
}

/**
 * An environment with its control plane and its home cluster, both in the home region, and the runs that bring them up:
 * the cluster's follows the control plane's. Rows, audit and queue entries stand or fall together.
 */
export async function createEnvironment(
  scope: OrgScope,
  input: NewEnvironment,
): Promise<{ environment: string; id: EnvironmentId; run: RunId; clusterRun: RunId }> {
  const region = findRegion(scope.deps.regions, input.homeRegion, "homeRegion");
  const slug = slugOf(input.name, "environment");
  return changeOrg(scope, async (tx) => {
    await demandRoom(tx, scope);
    await demandFreeSlug(tx, scope, slug);
    const [team] = await tx.select().from(teams).where(eq(teams.orgId, scope.org.id)).limit(1);
    const id = newId("env", scope.deps.clock.now(), scope.deps.random) as EnvironmentId;
    const environment = { id, orgId: scope.org.id, teamId: team!.id, slug, name: input.name.trim(), kind: input.kind };
    await tx.insert(environments).values({ ...environment, homeRegion: region.id });
    const place = { environmentId: id, region: region.id };
    const plane = await insertDeployment(tx, scope, {
      ...place,
      name: "Control plane",
      settings: { kind: "control_plane" },
    });
    const home = await insertDeployment(tx, scope, {
      ...place,
      name: "Home",
      settings: { kind: "cloud_cluster", nodes: 1, tags: [] },
    });
    const run = await queueRun(tx, scope, { deployment: plane, kind: "create" });
    const clusterRun = await queueRun(tx, scope, { deployment: home, kind: "create", followsRunId: run });
    await recordAudit(tx, scope, {
      action: "environment.create",
      target: { kind: "environment", id, name: environment.name },
      environmentId: id,
      diff: { kind: { after: input.kind }, homeRegion: { after: region.id } },
    });
    return { environment: slug, id, run, clusterRun };
  });
}

/** The first environment is free of conditions; a second one wants a verified address. */
async function demandRoom(tx: Tx, scope: OrgScope): Promise<void> {
  const [row] = await tx
    .select({ standing: count() })
    .from(environments)
    .where(and(eq(environments.orgId, scope.org.id), isNull(environments.destroyedAt)));
  if (row!.standing === 0 || scope.emailVerified) return;
  throw new AppError("needs_verification", "Verify your e-mail address before you create a second environment.");
}

async function demandFreeSlug(tx: Tx, scope: OrgScope, slug: string): Promise<void> {
  const [taken] = await tx
    .select({ id: environments.id })
    .from(environments)
    .where(and(eq(environments.orgId, scope.org.id), eq(environments.slug, slug), isNull(environments.destroyedAt)));
  if (!taken) return;
  throw new AppError("conflict", "An environment of this name exists. Choose another name.", {
    fields: [{ path: "name", message: "is taken" }],
  });
}
