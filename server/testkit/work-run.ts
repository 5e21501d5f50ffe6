import { sql } from "drizzle-orm";
import { RUN_EVENT_CHANNEL, type RunEventBody, type RunState } from "#contracts/deployment/run.ts";
import type { RunId } from "#contracts/ids.ts";
import { runEvents, runs } from "#drizzle/console/schema.ts";
import type { Deps } from "../deps.ts";

/** A run's story as the worker writes it: sequence, row and wake-up in one statement. */
export async function appendEvent(deps: Deps, run: RunId, body: RunEventBody): Promise<void> {
  await deps.db.execute(sql`
    with raised as (
      update ${runs} set last_seq = last_seq + 1 where id = ${run} returning id, org_id, last_seq
    ), appended as (
      insert into ${runEvents} (run_id, org_id, seq, body)
      select id, org_id, last_seq, ${JSON.stringify(body)}::jsonb from raised returning run_id, seq
    )
    select pg_notify(${RUN_EVENT_CHANNEL}, run_id || ' ' || seq) from appended`);
}

/** Moves a run the way a worker's lease does, and says so in its story. */
export async function moveRun(deps: Deps, run: RunId, state: RunState): Promise<void> {
  await deps.db.execute(sql`update ${runs} set state = ${state} where id = ${run}`);
  await appendEvent(deps, run, { kind: "state", state });
}
