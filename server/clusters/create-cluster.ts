import { and, eq, isNull, notInArray } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import type { DeploymentId, RunId } from "#contracts/ids.ts";
import { deployments, runs } from "#drizzle/console/schema.ts";
import { recordAudit } from "../audit/record-audit.ts";
import type { Tx } from "../db/database.ts";
import { findEnvironment, type EnvironmentRow } from "../environments/find-environment.ts";
import { changeOrg } from "../orgs/change-org.ts";
import { findRegion } from "../regions/regions.ts";
import { queueRun } from "../runs/queue-run.ts";
import type { OrgScope } from "../scope.ts";
import { insertEnrolmentToken, type CreatedToken } from "../tokens/create-enrolment-token.ts";
import { insertDeployment } from "./insert-deployment.ts";

export async function createCloudCluster(
  scope: OrgScope,
  input: { environment: string; name: string; region: string; nodes: number; tags: string[] },
): Promise<{ cluster: DeploymentId; run: RunId }> {
  const region = findRegion(scope.deps.regions, input.region, "region");
  return changeOrg(scope, async (tx) => {
    const environment = await findEnvironment(tx, scope, input.environment);
    const followsRunId = await runToFollow(tx, environment);
    const deployment = await insertDeployment(tx, scope, {
      environmentId: environment.id,
      name: input.name,
      region: region.id,
      settings: { kind: "cloud_cluster", nodes: input.nodes, tags: input.tags },
    });
    const run = await queueRun(tx, scope, { deployment, kind: "create", followsRunId });
    await recordAudit(tx, scope, {
      action: "cluster.create",
      target: { kind: "cluster", id: deployment.id, name: deployment.name },
      environmentId: environment.id,
      diff: { kind: { after: "cloud" }, region: { after: region.id }, nodes: { after: input.nodes } },
    });
    return { cluster: deployment.id, run };
  });
}

/** A hybrid cluster and the token for its first nodes, in one step: what the user copies is there at once. */
export async function createHybridCluster(
  scope: OrgScope,
  input: { environment: string; name: string; tags: string[] },
): Promise<{ cluster: DeploymentId; enrolment: CreatedToken }> {
  return changeOrg(scope, async (tx) => {
    const environment = await findEnvironment(tx, scope, input.environment);
    await demandStanding(tx, environment);
    const deployment = await insertDeployment(tx, scope, {
      environmentId: environment.id,
      name: input.name,
      region: null,
      settings: { kind: "hybrid_cluster", tags: input.tags },
    });
    await recordAudit(tx, scope, {
      action: "cluster.create",
      target: { kind: "cluster", id: deployment.id, name: deployment.name },
      environmentId: environment.id,
      diff: { kind: { after: "hybrid" }, tags: { after: input.tags } },
    });
    const first = { name: "First nodes", expiresInHours: 24, maxUses: null };
    const enrolment = await insertEnrolmentToken(tx, scope, deployment, first);
    return { cluster: deployment.id, enrolment };
  });
}

/** Nothing when the control plane stands; its run when it is still on the way; an error when there is none to join. */
async function runToFollow(tx: Tx, environment: EnvironmentRow): Promise<RunId | undefined> {
  const plane = await demandStanding(tx, environment);
  if (plane.state === "live") return undefined;
  const [pending] = await tx
    .select({ id: runs.id })
    .from(runs)
    .where(
      and(
        eq(runs.deploymentId, plane.id),
        eq(runs.kind, "create"),
        notInArray(runs.state, ["succeeded", "failed", "cancelled", "superseded"]),
      ),
    );
  if (pending) return pending.id;
  throw notUp();
}

/** The environment's control plane, unless it is on its way out: a cluster that comes after it would never go. */
async function demandStanding(tx: Tx, environment: EnvironmentRow) {
  const [plane] = await tx
    .select()
    .from(deployments)
    .where(
      and(
        eq(deployments.environmentId, environment.id),
        eq(deployments.kind, "control_plane"),
        isNull(deployments.destroyedAt),
      ),
    );
  if (!plane || plane.state === "destroying") throw notUp();
  return plane;
}

const notUp = () =>
  new AppError("conflict", "The control plane of this environment is not up. Bring it up first, then add clusters.");
