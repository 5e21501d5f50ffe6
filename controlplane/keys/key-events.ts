import { asc, gt, lt, min, sql } from "drizzle-orm";
import type { KeyRecord } from "#contracts/key/record.ts";
import type { KeyEvent } from "#contracts/link/messages.ts";
import { keyEvents, planeState } from "#drizzle/controlplane/schema.ts";
import { lockState, moveState, wakePlanes, type PlaneTx } from "../db/database.ts";
import type { Plane } from "../plane.ts";

/** The log keeps this many events; a node that missed more verifies what it holds. */
export const EVENT_LOG_LENGTH = 100_000;

/** Numbers an event under the state's lock: a reader that saw cursor n has seen all before it. */
export async function appendKeyEvent(tx: PlaneTx, event: { hash: string; key: KeyRecord | null }): Promise<void> {
  const state = await lockState(tx);
  const cursor = state.keyCursor + 1;
  await tx.insert(keyEvents).values({ cursor, ...event });
  await tx.delete(keyEvents).where(lt(keyEvents.cursor, cursor - EVENT_LOG_LENGTH));
  await moveState(tx, { keyCursor: cursor });
  await wakePlanes(tx, "keys");
}

export async function readKeyCursor(plane: Plane): Promise<number> {
  const [state] = await plane.db.select({ cursor: planeState.keyCursor }).from(planeState);
  return state?.cursor ?? 0;
}

/** Events after `cursor`, oldest first; null when the log no longer reaches back to it. */
export async function readKeyEvents(plane: Plane, cursor: number, limit = 1_000): Promise<KeyEvent[] | null> {
  const [oldest] = await plane.db.select({ cursor: min(keyEvents.cursor) }).from(keyEvents);
  const current = await readKeyCursor(plane);
  // A cursor ahead of ours belongs to another history (a restored database): verify that too.
  if (cursor > current) return null;
  if (cursor < current && (oldest?.cursor ?? Number.POSITIVE_INFINITY) > cursor + 1) return null;
  const rows = await plane.db
    .select({ cursor: keyEvents.cursor, hash: keyEvents.hash, key: keyEvents.key })
    .from(keyEvents)
    .where(gt(keyEvents.cursor, cursor))
    .orderBy(asc(keyEvents.cursor))
    .limit(limit);
  return rows;
}

/** Removes the log up to a cursor; tests use it to make a node fall behind. */
export const truncateKeyEvents = (plane: Plane, cursor: number) =>
  plane.db.delete(keyEvents).where(sql`${keyEvents.cursor} <= ${cursor}`);
