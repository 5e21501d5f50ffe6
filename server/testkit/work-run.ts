import { eq } from "drizzle-orm";
import type { RunState } from "#contracts/deployment/run.ts";
import type { RunId } from "#contracts/ids.ts";
import { runs } from "#drizzle/console/schema.ts";
import type { Deps } from "../deps.ts";
import { appendRunEvent } from "../runs/append-run-event.ts";

/** Moves a run the way a worker does, and says so in its story. */
export async function moveRun(deps: Deps, run: RunId, state: RunState): Promise<void> {
  await deps.db.update(runs).set({ state }).where(eq(runs.id, run));
  await appendRunEvent(deps.db, run, { kind: "state", state });
}
