import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import pg from "pg";
import type { Logger } from "#base/log.ts";
import type { OrgId } from "#contracts/ids.ts";
import * as schema from "#drizzle/console/schema.ts";

export type Database = ReturnType<typeof openDatabase>;
/** A transaction; inside `forOrg` it sees one tenant's rows only. */
export type Tx = Parameters<Parameters<Database["transaction"]>[0]>[0];

/** Beyond this many connections a request waits; PostgreSQL keeps room for worker and tenants. */
const POOL_SIZE = 10;

export function openDatabase(connectionString: string, log: Logger) {
  const pool = new pg.Pool({ connectionString, max: POOL_SIZE, connectionTimeoutMillis: 5_000 });
  // An idle connection that breaks is replaced by the pool; without a listener the process would end.
  pool.on("error", (error) => log.warn({ err: error }, "an idle database connection broke"));
  return drizzle(pool, { schema });
}

/**
 * The only way to a tenant's rows: a transaction confined by row-level security to `orgId`. A query that forgets its
 * organisation finds nothing of anyone else's.
 */
export function forOrg<T>(db: Database, orgId: OrgId, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.execute(
      sql`select set_config('causeway.org', ${orgId}, true), set_config('role', 'causeway_tenant', true)`,
    );
    return work(tx);
  });
}

/** Steps out of the tenant's role for one statement of the same transaction: the queue is not a tenant's. */
export async function asSystem<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await tx.execute(sql`select set_config('role', 'none', true)`);
  const result = await work();
  await tx.execute(sql`select set_config('role', 'causeway_tenant', true)`);
  return result;
}
