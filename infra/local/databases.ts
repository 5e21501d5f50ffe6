import { Client, DatabaseError } from "pg";
import { messageOf } from "#base/errors.ts";
import { RegionError } from "./errors.ts";

/** The first dash ends the stack, so no two stacks can mean the same database. */
export const databaseNameOf = (stack: string, name: string) => `${stack}-${name}`;

/** Databases with a role of the same name, on the machine's PostgreSQL. Names start with their stack's. */
export interface Databases {
  /** Idempotent; sets the password anew. Gives the URL that the owner uses. */
  create(database: string, password: string): Promise<string>;
  /** Ends its connections; idempotent. */
  drop(database: string): Promise<void>;
  /** What the server itself lists for a stack: databases and roles. */
  list(stack: string): Promise<string[]>;
}

export function databasesOn(adminUrl: string): Databases {
  return {
    create: (database, password) =>
      administer(adminUrl, async (client) => {
        const name = client.escapeIdentifier(database);
        const secret = client.escapeLiteral(password);
        const role = await client.query("select from pg_roles where rolname = $1", [database]);
        const verb = role.rowCount === 0 ? "create" : "alter";
        await client.query(`${verb} role ${name} with login nosuperuser nocreatedb nocreaterole password ${secret}`);
        const existing = await client.query("select from pg_database where datname = $1", [database]);
        if (existing.rowCount === 0) await client.query(`create database ${name} owner ${name}`);
        // By default anybody may connect to any database; a tenant's role may not see another tenant's.
        await client.query(`revoke all on database ${name} from public`);
        // Nor may it look into ours; we come in as its owner.
        const { rows } = await client.query<{ ours: string }>("select current_database() as ours");
        await client.query(`revoke all on database ${client.escapeIdentifier(rows[0]?.ours ?? "")} from public`);
        return urlOf(adminUrl, database, password);
      }),
    drop: (database) =>
      administer(adminUrl, async (client) => {
        const name = client.escapeIdentifier(database);
        await client.query(`drop database if exists ${name} with (force)`);
        await client.query(`drop role if exists ${name}`);
      }),
    list: (stack) =>
      administer(adminUrl, async (client) => {
        const found = await client.query<{ name: string }>(
          `select 'database ' || datname as name from pg_database where starts_with(datname, $1)
           union all select 'role ' || rolname from pg_roles where starts_with(rolname, $1) order by 1`,
          [databaseNameOf(stack, "")],
        );
        return found.rows.map((row) => row.name);
      }),
  };
}

function urlOf(adminUrl: string, database: string, password: string): string {
  const { host } = new URL(adminUrl);
  return `postgres://${database}:${encodeURIComponent(password)}@${host}/${database}`;
}

async function administer<T>(adminUrl: string, task: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {
    // Told again by the query under way; without a listener it would end the process.
  });
  try {
    await client.connect();
    return await task(client);
  } catch (error) {
    if (error instanceof DatabaseError && error.code === "53100")
      throw new RegionError(
        "disk_full",
        "The disk of the database server is full. Free some space, then try again.",
        error,
      );
    throw new RegionError("database_unavailable", `PostgreSQL did not do what was asked: ${messageOf(error)}`, error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
