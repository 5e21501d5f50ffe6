import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { Pool } from "pg";
import type { Logger } from "#base/log.ts";
import * as schema from "#drizzle/controlplane/schema.ts";

export type PlaneDatabase = ReturnType<typeof openPlaneDatabase>;
export type PlaneTx = Parameters<Parameters<PlaneDatabase["transaction"]>[0]>[0];

const POOL_SIZE = 8;

export function openPlaneDatabase(connectionString: string, log: Logger) {
  const pool = new Pool({ connectionString, max: POOL_SIZE, connectionTimeoutMillis: 5_000 });
  // An idle connection that breaks is replaced by the pool; without a listener the process would end.
  pool.on("error", (error) => log.warn({ err: error }, "an idle database connection broke"));
  return drizzle(pool, { schema });
}

/** Channel that wakes every control-plane process: `revision` or `keys`. The tables are the truth. */
export const PLANE_CHANNEL = "causeway_plane";

/** Takes the counters' row: whoever holds it numbers revisions, key events and audit entries in the order of commits. */
export async function lockState(tx: PlaneTx) {
  const [state] = await tx.select().from(schema.planeState).where(eq(schema.planeState.id, 1)).for("update");
  if (!state) throw new Error("plane_state has no row: migrations did not run");
  return state;
}

export async function moveState(tx: PlaneTx, change: Partial<typeof schema.planeState.$inferInsert>): Promise<void> {
  await tx.update(schema.planeState).set(change).where(eq(schema.planeState.id, 1));
}

/** Sent by PostgreSQL when the transaction commits, and only then. */
export async function wakePlanes(tx: PlaneTx, what: "revision" | "keys"): Promise<void> {
  await tx.execute(sql`select pg_notify(${PLANE_CHANNEL}, ${what})`);
}
