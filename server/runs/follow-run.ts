import { and, eq, gt } from "drizzle-orm";
import type { z } from "zod";
import type { runEventView } from "#contracts/console/views.ts";
import { isTerminal } from "#contracts/deployment/run.ts";
import { runEvents } from "#drizzle/console/schema.ts";
import { forOrg } from "../db/database.ts";
import type { OrgScope } from "../scope.ts";
import { findRun } from "./view-run.ts";

export type RunEventView = z.infer<typeof runEventView>;

/** Without a wake-up the table is read this often. */
const LOOK_EVERY_MS = 3_000;
const PAGE = 500;

/** Every event after `afterSeq`, in order, as it comes; ends when the run has ended and all was told. */
export async function* followRun(
  scope: OrgScope,
  input: { run: string; afterSeq: number },
  signal: AbortSignal,
): AsyncGenerator<RunEventView> {
  let seq = input.afterSeq;
  const watch = scope.deps.runFeed.watch(input.run);
  try {
    while (!signal.aborted) {
      const { events, ended } = await readAfter(scope, input.run, seq);
      for (const event of events) {
        seq = event.seq;
        yield event;
      }
      if (ended && events.length < PAGE) return;
      if (events.length === 0) await watch.next(LOOK_EVERY_MS, signal);
    }
  } finally {
    watch.close();
  }
}

async function readAfter(scope: OrgScope, reference: string, seq: number) {
  return forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const { run } = await findRun(tx, scope, reference);
    const rows = await tx
      .select()
      .from(runEvents)
      .where(and(eq(runEvents.runId, run.id), gt(runEvents.seq, seq)))
      .orderBy(runEvents.seq)
      .limit(PAGE);
    const events = rows.map((row) => ({ runId: row.runId, seq: row.seq, at: row.at.toISOString(), body: row.body }));
    return { events, ended: isTerminal(run.state) };
  });
}
