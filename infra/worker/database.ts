import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { Pool } from "pg";

/** The console's database as the worker sees it: as its owner, above the tenants' walls. */
export type Database = NodePgDatabase;
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];

export function openDatabase(url: string): { database: Database; close: () => Promise<void> } {
  const pool = new Pool({ connectionString: url, max: 8 });
  pool.on("error", () => {
    // An idle connection broke; the pool opens another one when it is needed.
  });
  return { database: drizzle(pool), close: () => pool.end() };
}
