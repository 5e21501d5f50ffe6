import { desc, inArray } from "drizzle-orm";
import type { z } from "zod";
import type { deploymentView } from "#contracts/console/views.ts";
import type { DeploymentId } from "#contracts/ids.ts";
import { runs } from "#drizzle/console/schema.ts";
import type { Tx } from "../db/database.ts";
import { summarizeRuns } from "../runs/view-run.ts";
import type { OrgScope } from "../scope.ts";
import type { DeploymentRow } from "./insert-deployment.ts";

export type DeploymentView = z.infer<typeof deploymentView>;

export async function viewDeployments(tx: Tx, scope: OrgScope, rows: DeploymentRow[]): Promise<DeploymentView[]> {
  const latest = await latestRuns(
    tx,
    scope,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({
    id: row.id,
    environmentId: row.environmentId,
    kind: row.kind,
    name: row.name,
    slug: row.slug,
    region: row.region,
    state: row.state,
    tags: "tags" in row.settings ? row.settings.tags : [],
    nodesWanted: row.settings.kind === "cloud_cluster" ? row.settings.nodes : null,
    endpoint: row.outputs?.kind === "cloud_cluster" ? row.outputs.endpointUrl : null,
    createdAt: row.createdAt.toISOString(),
    latestRun: latest.get(row.id) ?? null,
  }));
}

async function latestRuns(tx: Tx, scope: OrgScope, ids: DeploymentId[]) {
  if (ids.length === 0) return new Map<DeploymentId, never>();
  const newest = await tx
    .selectDistinctOn([runs.deploymentId], { id: runs.id })
    .from(runs)
    .where(inArray(runs.deploymentId, ids))
    .orderBy(runs.deploymentId, desc(runs.queuedAt), desc(runs.id));
  const views = await summarizeRuns(
    tx,
    scope,
    newest.map((row) => row.id),
  );
  return new Map(views.map((view) => [view.deploymentId, view]));
}
