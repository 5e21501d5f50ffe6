import { newId } from "#base/id.ts";
import { RUN_QUEUE, type RunKind } from "#contracts/deployment/run.ts";
import type { RunId } from "#contracts/ids.ts";
import { runs } from "#drizzle/console/schema.ts";
import type { DeploymentRow } from "../clusters/insert-deployment.ts";
import { asSystem, type Tx } from "../db/database.ts";
import type { OrgScope } from "../scope.ts";

/** Writes the run and its queue entry in the caller's transaction: a run is never without its wake-up, nor the reverse. */
export async function queueRun(
  tx: Tx,
  scope: OrgScope,
  input: { deployment: DeploymentRow; kind: RunKind; followsRunId?: RunId },
): Promise<RunId> {
  const id = newId("run", scope.deps.clock.now(), scope.deps.random) as RunId;
  await tx.insert(runs).values({
    id,
    orgId: scope.org.id,
    environmentId: input.deployment.environmentId,
    deploymentId: input.deployment.id,
    kind: input.kind,
    state: "queued",
    followsRunId: input.followsRunId ?? null,
    requestedBy: scope.actor,
  });
  await enqueue(tx, scope, id);
  return id;
}

export async function enqueue(tx: Tx, scope: OrgScope, runId: RunId): Promise<void> {
  await asSystem(tx, () => scope.deps.boss.send(RUN_QUEUE, { runId }, { db: throughTransaction(tx) }));
}

/** pg-boss hands over `$1` texts; drizzle's own client under the transaction runs them as they are. */
function throughTransaction(tx: Tx) {
  return {
    executeSql: async (text: string, values: unknown[] = []) => {
      const { session } = tx as unknown as {
        session: { client: { query(text: string, values: unknown[]): Promise<{ rows: never[] }> } };
      };
      return session.client.query(text, values);
    },
  };
}
