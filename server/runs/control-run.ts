import { eq } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import { isTerminal } from "#contracts/deployment/run.ts";
import { runs } from "#drizzle/console/schema.ts";
import { recordAudit } from "../audit/record-audit.ts";
import { forOrg } from "../db/database.ts";
import type { OrgScope } from "../scope.ts";
import { enqueue } from "./queue-run.ts";
import { findRun } from "./view-run.ts";

/** Asks the worker to stop and undo; a run that has not begun is cancelled at once. */
export async function cancelRun(scope: OrgScope, reference: string): Promise<void> {
  await forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const { run, deployment } = await findRun(tx, scope, reference);
    if (isTerminal(run.state)) throw new AppError("conflict", "This run has ended; there is nothing to cancel.");
    const now = new Date(scope.deps.clock.now());
    const change = run.state === "queued" ? { state: "cancelled" as const, endedAt: now } : { cancelRequestedAt: now };
    await tx.update(runs).set(change).where(eq(runs.id, run.id));
    await recordAudit(tx, scope, {
      action: "run.cancel",
      target: { kind: "run", id: run.id, name: deployment.name },
      environmentId: run.environmentId,
    });
  });
}

/** Tries a failed run again: Pulumi's state is the checkpoint, what stands is not made twice. */
export async function retryRun(scope: OrgScope, reference: string): Promise<void> {
  await forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const { run, deployment } = await findRun(tx, scope, reference);
    if (run.state !== "failed") throw new AppError("conflict", "Only a failed run can be tried again.");
    await tx
      .update(runs)
      .set({ state: "queued", failure: null, endedAt: null, cancelRequestedAt: null })
      .where(eq(runs.id, run.id));
    await enqueue(tx, scope, run.id);
    await recordAudit(tx, scope, {
      action: "run.retry",
      target: { kind: "run", id: run.id, name: deployment.name },
      environmentId: run.environmentId,
    });
  });
}
