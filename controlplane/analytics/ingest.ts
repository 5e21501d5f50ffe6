import { lt } from "drizzle-orm";
import { unpack } from "msgpackr";
import { analyticsBatch, type AnalyticsEntry } from "#contracts/analytics/batch.ts";
import { callBatches, calls } from "#drizzle/controlplane/schema.ts";
import type { Plane } from "../plane.ts";

/** Rows of one insert: PostgreSQL takes 65,535 parameters a statement. */
const ROWS_AT_ONCE = 1_000;
/** Calls are kept this long. */
export const RETENTION_DAYS = 30;

/**
 * Counts a batch once: its id and its rows stand in one transaction, so that a batch that comes again (its
 * acknowledgement was lost, or this process died between write and answer) changes nothing.
 */
export async function ingestBatch(
  plane: Plane,
  from: { node: string; cluster: string },
  frame: Uint8Array,
): Promise<string> {
  const batch = analyticsBatch.parse(unpack(frame));
  await plane.db.transaction(async (tx) => {
    const first = await tx
      .insert(callBatches)
      .values({
        batchId: batch.batchId,
        node: from.node,
        receivedAt: new Date(plane.clock.now()),
        droppedRecords: batch.droppedRecords,
      })
      .onConflictDoNothing()
      .returning({ batchId: callBatches.batchId });
    if (first.length === 0) return;
    for (let start = 0; start < batch.entries.length; start += ROWS_AT_ONCE)
      await tx
        .insert(calls)
        .values(batch.entries.slice(start, start + ROWS_AT_ONCE).map((entry) => rowOf(from.cluster, entry)));
  });
  return batch.batchId;
}

function rowOf(cluster: string, entry: AnalyticsEntry): typeof calls.$inferInsert {
  const { at, total, upstream, ...dimensions } = entry;
  return {
    ...dimensions,
    at: new Date(at * 1_000),
    cluster,
    totalBuckets: total.map(([bucket]) => bucket),
    totalCounts: total.map(([, count]) => count),
    upstreamBuckets: upstream.map(([bucket]) => bucket),
    upstreamCounts: upstream.map(([, count]) => count),
  };
}

/** Deletes what is older than the retention; batches' ids go with it, long after any node would send one again. */
export async function forgetOldCalls(plane: Plane): Promise<void> {
  const before = new Date(plane.clock.now() - RETENTION_DAYS * 86_400_000);
  await plane.db.delete(calls).where(lt(calls.at, before));
  await plane.db.delete(callBatches).where(lt(callBatches.receivedAt, before));
}
