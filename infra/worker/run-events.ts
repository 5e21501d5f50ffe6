import { sql } from "drizzle-orm";
import { runs, runEvents } from "#drizzle/console/schema.ts";
import { RUN_EVENT_CHANNEL, type RunEventBody } from "#contracts/deployment/run.ts";
import type { Database, Transaction } from "./database.ts";

/**
 * Appends to a run's story and wakes its followers, in one statement: the sequence is raised under the row's lock, so it
 * has no gaps and no twins. `guard` must hold for the run's row; false means that nothing was written.
 */
export async function appendRunEvent(
  database: Database | Transaction,
  runId: string,
  body: RunEventBody,
  guard = sql`true`,
): Promise<boolean> {
  const written = await database.execute(sql`
    with raised as (
      update ${runs} set last_seq = last_seq + 1 where id = ${runId} and ${guard} returning id, org_id, last_seq
    ), appended as (
      insert into ${runEvents} (run_id, org_id, seq, at, body)
      select id, org_id, last_seq, clock_timestamp(), ${JSON.stringify(body)}::jsonb from raised returning run_id, seq
    )
    select pg_notify(${RUN_EVENT_CHANNEL}, run_id || ' ' || seq) from appended`);
  return written.rowCount === 1;
}
