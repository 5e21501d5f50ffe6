import { messageOf } from "#base/errors.ts";
import { createRun } from "./create-run.ts";
import { destroyRun, takeAway } from "./destroy-run.ts";
import { EngineSilent } from "./engine-child.ts";
import { failed, failureOf, StaleLease } from "./failures.ts";
import type { RunContext } from "./run-context.ts";
import { secretsOf, stackTaskOf } from "./stack-task.ts";

/** Why a run's signal was aborted. */
export class CancelRequested extends Error {}
export class WorkerStops extends Error {}

/** Carries a leased run to one of its ends. Never throws: what cannot be written any more belongs to another worker. */
export async function carryOut(context: RunContext, follows: "none" | "succeeded" | "failed"): Promise<void> {
  const { lease, log } = context;
  try {
    if (follows === "failed") throw failed("followed_failed");
    await (lease.run.kind === "create" ? createRun(context) : destroyRun(context));
  } catch (error) {
    try {
      await settle(context, error);
    } catch (unsettled) {
      log.warn({ run: lease.run.id, epoch: lease.epoch }, `left to the next lease: ${messageOf(unsettled)}`);
    }
  }
}

async function settle(context: RunContext, error: unknown): Promise<void> {
  const { lease, ledger, log } = context;
  // Our heartbeats end with us; the next worker, or our next start, takes the run up where it is.
  if (error instanceof StaleLease || error instanceof WorkerStops) throw error;
  if (error instanceof EngineSilent) return ledger.moveTo("stalled");
  if (error instanceof CancelRequested && lease.run.kind === "create") return cancel(context);
  const failure = error instanceof CancelRequested ? failed("cancelled").failure : failureOf(error);
  log.warn({ run: lease.run.id, code: failure.code, err: error }, failure.message);
  await ledger.append({ kind: "log", level: "error", text: failure.message });
  await ledger.moveTo("failed", { failure, deployment: { state: "failed" } });
}

/** Undoes what the run itself created, newest first (Pulumi's own order). The deployment may be tried again or destroyed. */
async function cancel(context: RunContext): Promise<void> {
  const { ledger } = context;
  await ledger.moveTo("cancelling");
  const undoing = { ...context, signal: new AbortController().signal };
  try {
    await takeAway(undoing, stackTaskOf(undoing, "destroy", secretsOf(undoing), true));
    await ledger.moveTo("cancelled", { deployment: { state: "failed", outputs: null } });
  } catch (error) {
    if (error instanceof StaleLease) throw error;
    await ledger.moveTo("failed", { failure: failureOf(error), deployment: { state: "failed" } });
  }
}
