import { sql } from "drizzle-orm";
import { RUN_EVENT_CHANNEL, type RunEventBody } from "#contracts/deployment/run.ts";
import type { RunId } from "#contracts/ids.ts";
import { runEvents, runs } from "#drizzle/console/schema.ts";
import type { Database, Tx } from "../db/database.ts";

/**
 * Appends to a run's story and wakes its followers, in one statement as the worker does: the sequence is raised under the
 * row's lock, so that it has neither gaps nor twins.
 */
export async function appendRunEvent(db: Database | Tx, run: RunId, body: RunEventBody): Promise<void> {
  await db.execute(sql`
    with raised as (
      update ${runs} set last_seq = last_seq + 1 where id = ${run} returning id, org_id, last_seq
    ), appended as (
      insert into ${runEvents} (run_id, org_id, seq, at, body)
      select id, org_id, last_seq, clock_timestamp(), ${JSON.stringify(body)}::jsonb from raised returning run_id, seq
    )
    select pg_notify(${RUN_EVENT_CHANNEL}, run_id || ' ' || seq) from appended`);
}
