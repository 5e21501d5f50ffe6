import { and, eq, inArray } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import type { RunId } from "#contracts/ids.ts";
import { deployments, runs } from "#drizzle/console/schema.ts";
import type { Tx } from "../db/database.ts";
import { queueRun } from "../runs/queue-run.ts";
import type { OrgScope } from "../scope.ts";
import type { DeploymentRow } from "./insert-deployment.ts";

/** Queues the destroy run and closes the deployment to others. Runs that have not begun are superseded by it. */
export async function startDestroy(
  tx: Tx,
  scope: OrgScope,
  deployment: DeploymentRow,
  followsRunId?: RunId,
): Promise<RunId> {
  const open = await tx
    .select({ id: runs.id, state: runs.state, kind: runs.kind })
    .from(runs)
    .where(
      and(
        eq(runs.deploymentId, deployment.id),
        inArray(runs.state, ["queued", "leased", "planning", "applying", "verifying", "cancelling", "stalled"]),
      ),
    );
  const destroying = open.find((run) => run.kind === "destroy");
  if (destroying) return destroying.id;
  if (open.some((run) => run.state !== "queued"))
    throw new AppError(
      "conflict",
      `${deployment.name} is being worked on. Wait for the run to end, or cancel it first.`,
    );
  const waiting = open.map((run) => run.id);
  if (waiting.length > 0) await tx.update(runs).set({ state: "superseded" }).where(inArray(runs.id, waiting));
  await tx.update(deployments).set({ state: "destroying" }).where(eq(deployments.id, deployment.id));
  return queueRun(tx, scope, { deployment, kind: "destroy", followsRunId });
}
