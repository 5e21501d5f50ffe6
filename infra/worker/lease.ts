import { and, eq, sql } from "drizzle-orm";
import { deployments, environments, runs, runSteps } from "#drizzle/console/schema.ts";
import { runSteps as stepsOf } from "#contracts/deployment/run.ts";
import type { Database, Transaction } from "./database.ts";
import { appendRunEvent } from "./run-events.ts";

const ACTIVE = sql.raw("('leased','planning','applying','verifying','cancelling')");
const OVER = sql.raw("('succeeded','cancelled','failed','superseded')");

export interface LeaseOptions {
  worker: string;
  /** A run whose heartbeat is older has lost its worker. */
  expireAfterMs: number;
  /** A stalled run is taken up again only when it was asked for by name, or is to be cancelled. */
  repair?: string;
}

/** A run that is ours until our heartbeats stop; `epoch` says whose word counts. */
export interface Lease {
  worker: string;
  epoch: number;
  run: typeof runs.$inferSelect;
  deployment: typeof deployments.$inferSelect;
  environment: typeof environments.$inferSelect;
  /** A worker had it before: its traces must be settled first. */
  recover: boolean;
}

/** Takes the oldest run that may start, or undefined. Two workers never get the same one: rows are locked while choosing. */
export function leaseNextRun(database: Database, options: LeaseOptions): Promise<Lease | undefined> {
  return database.transaction(async (tx) => {
    await supersede(tx);
    const id = await nextRun(tx, options);
    return id === undefined ? undefined : take(tx, id, options.worker);
  });
}

/** A newer queued run of a deployment takes the place of an older queued one, never of a started one. */
async function supersede(tx: Transaction): Promise<void> {
  const gone = await tx.execute<{ id: string }>(sql`
    update runs set state = 'superseded', ended_at = now()
    where id in (
      select older.id from runs older
      where older.state = 'queued' and exists (
        select from runs newer where newer.deployment_id = older.deployment_id and newer.state = 'queued'
          and (newer.queued_at, newer.id) > (older.queued_at, older.id))
      -- One that another worker is just taking is not waited for: that worker may be frozen.
      for update skip locked)
    returning id`);
  for (const { id } of gone.rows) await appendRunEvent(tx, id, { kind: "state", state: "superseded" });
}

async function nextRun(tx: Transaction, { expireAfterMs, repair }: LeaseOptions): Promise<string | undefined> {
  const found = await tx.execute<{ id: string }>(sql`
    select r.id from runs r join deployments d on d.id = r.deployment_id
    where (r.state in ${ACTIVE} and r.heartbeat_at < now() - make_interval(secs => ${expireAfterMs / 1000}))
       or (r.state = 'stalled' and (r.id = ${repair ?? ""} or r.cancel_requested_at is not null))
       or (r.state = 'queued'
           and not exists (select from runs f where f.id = r.follows_run_id and f.state not in ${OVER})
           and not exists (select from runs o where o.deployment_id = r.deployment_id
                           and (o.state in ${ACTIVE} or o.state = 'stalled'))
           -- The clusters of an environment go before the control plane that they speak to.
           and not (r.kind = 'destroy' and d.kind = 'control_plane' and exists (
             select from runs o join deployments od on od.id = o.deployment_id
             where od.environment_id = r.environment_id and od.kind <> 'control_plane'
               and o.kind = 'destroy' and o.state not in ${OVER})))
    order by r.queued_at, r.id limit 1 for update of r skip locked`);
  return found.rows[0]?.id;
}

async function take(tx: Transaction, id: string, worker: string): Promise<Lease> {
  const [before] = await tx
    .select()
    .from(runs)
    .where(sql`${runs.id} = ${id}`);
  if (!before) throw new Error(`run ${id} vanished under its lock`);
  const [deployment] = await tx
    .update(deployments)
    .set({ epoch: sql`${deployments.epoch} + 1` })
    .where(eq(deployments.id, before.deploymentId))
    .returning();
  const [environment] = await tx.select().from(environments).where(eq(environments.id, before.environmentId));
  if (!deployment || !environment) throw new Error(`run ${id} has no deployment or environment`);
  const [run] = await tx
    .update(runs)
    .set({
      state: "leased",
      epoch: deployment.epoch,
      leasedBy: worker,
      heartbeatAt: sql`now()`,
      attempt: before.attempt + 1,
      startedAt: before.startedAt ?? sql`now()`,
      failure: null,
      endedAt: null,
    })
    .where(and(eq(runs.id, before.id)))
    .returning();
  if (!run) throw new Error(`run ${id} vanished under its lock`);
  await prepareSteps(tx, run);
  await appendRunEvent(tx, run.id, { kind: "state", state: "leased" });
  return {
    worker,
    epoch: deployment.epoch,
    run,
    deployment,
    environment,
    recover: run.attempt > 1 || before.state !== "queued",
  };
}

/** Every step is a row from the start, so that the page can draw what is still to come. */
async function prepareSteps(tx: Transaction, run: typeof runs.$inferSelect): Promise<void> {
  const rows = stepsOf[run.kind].map((name, position) => ({ runId: run.id, orgId: run.orgId, name, position }));
  await tx
    .insert(runSteps)
    .values(rows.map((row) => ({ ...row, state: "pending" as const })))
    .onConflictDoUpdate({
      target: [runSteps.runId, runSteps.name],
      set: { state: "pending", startedAt: null, endedAt: null, detail: null },
    });
}
