import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { Client } from "pg";

/** Any number that both databases keep for this: two processes that start together must not migrate at once. */
const MIGRATION_LOCK = 7_202_611;

/**
 * Brings a database to this version's schema. `folder` holds generated migrations; where it lies beside a bundle is the
 * caller's business. Safe to call from several processes at once.
 */
export async function migrateDatabase(connectionString: string, folder: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await migrate(drizzle(client), { migrationsFolder: folder });
  } finally {
    await client.end();
  }
}

export const consoleMigrations = fileURLToPath(new URL("./console/migrations", import.meta.url));
export const controlplaneMigrations = fileURLToPath(new URL("./controlplane/migrations", import.meta.url));
