import { and, eq, inArray } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import type { RunId } from "#contracts/ids.ts";
import { deployments, runs } from "#drizzle/console/schema.ts";
import type { Tx } from "../db/database.ts";
import { appendRunEvent } from "../runs/append-run-event.ts";
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
    )
    // Held, so that no worker leases meanwhile what is about to be superseded.
    .for("update");
  const destroying = open.find((run) => run.kind === "destroy");
  if (destroying) return destroying.id;
  if (open.some((run) => run.state !== "queued"))
    throw new AppError(
      "conflict",
      `${deployment.name} is being worked on. Wait for the run to end, or cancel it first.`,
    );
  await supersede(
    tx,
    scope,
    open.map((run) => run.id),
  );
  await tx.update(deployments).set({ state: "destroying" }).where(eq(deployments.id, deployment.id));
  return queueRun(tx, scope, { deployment, kind: "destroy", followsRunId });
}

async function supersede(tx: Tx, scope: OrgScope, waiting: RunId[]): Promise<void> {
  if (waiting.length === 0) return;
  const endedAt = new Date(scope.deps.clock.now());
  await tx.update(runs).set({ state: "superseded", endedAt }).where(inArray(runs.id, waiting));
  for (const run of waiting) await appendRunEvent(tx, run, { kind: "state", state: "superseded" });
}
