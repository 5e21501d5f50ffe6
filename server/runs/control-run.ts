import { and, eq, gt } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import { isTerminal } from "#contracts/deployment/run.ts";
import { runs } from "#drizzle/console/schema.ts";
import { recordAudit } from "../audit/record-audit.ts";
import { forOrg, type Tx } from "../db/database.ts";
import type { OrgScope } from "../scope.ts";
import { appendRunEvent } from "./append-run-event.ts";
import { enqueue } from "./queue-run.ts";
import { lockRun, type JoinedRun } from "./view-run.ts";

/** Asks the worker to stop and undo; a run that has not begun is cancelled at once. */
export async function cancelRun(scope: OrgScope, reference: string): Promise<void> {
  await forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const found = await lockRun(tx, scope, reference);
    const { id, state } = found.run;
    if (isTerminal(state)) throw new AppError("conflict", "This run has ended; there is nothing to cancel.");
    const now = new Date(scope.deps.clock.now());
    const change = state === "queued" ? { state: "cancelled" as const, endedAt: now } : { cancelRequestedAt: now };
    await tx.update(runs).set(change).where(eq(runs.id, id));
    if (state === "queued") await appendRunEvent(tx, id, { kind: "state", state: "cancelled" });
    await recordControl(tx, scope, "run.cancel", found);
  });
}

/** Tries a failed run again: Pulumi's state is the checkpoint, what stands is not made twice. */
export async function retryRun(scope: OrgScope, reference: string): Promise<void> {
  await forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const found = await lockRun(tx, scope, reference);
    const { id, state } = found.run;
    if (state !== "failed") throw new AppError("conflict", "Only a failed run can be tried again.");
    await demandNewest(tx, found);
    await tx
      .update(runs)
      .set({ state: "queued", failure: null, endedAt: null, cancelRequestedAt: null })
      .where(eq(runs.id, id));
    await appendRunEvent(tx, id, { kind: "state", state: "queued" });
    await enqueue(tx, scope, id);
    await recordControl(tx, scope, "run.retry", found);
  });
}

/** An older run would bring back what a newer one has taken away. */
async function demandNewest(tx: Tx, { run, deployment }: JoinedRun): Promise<void> {
  const [newer] = await tx
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.deploymentId, run.deploymentId), gt(runs.id, run.id)))
    .limit(1);
  if (newer || deployment.destroyedAt)
    throw new AppError("conflict", `A newer run of ${deployment.name} has taken this one's place.`);
}

const recordControl = (tx: Tx, scope: OrgScope, action: string, { run, deployment }: JoinedRun) =>
  recordAudit(tx, scope, {
    action,
    target: { kind: "run", id: run.id, name: deployment.name },
    environmentId: run.environmentId,
  });
