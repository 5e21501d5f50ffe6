import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#base/id.ts";
import type { NodeId, OrgId } from "#contracts/ids.ts";
import { nodes, runSteps } from "#drizzle/console/schema.ts";
import { appendRunEvent } from "../runs/append-run-event.ts";
import { bootConsole, type TestConsole } from "../testkit/boot-console.ts";
import { signUpTenant, type Tenant } from "../testkit/tenants.ts";

import { asSystem, forOrg, type Tx } from "./database.ts";

/** Not a tenant's: people, their sessions and links, and letters. A new table without `org_id` must be named here. */
const SYSTEM_TABLES = ["letters", "login_tokens", "organisations", "sessions", "users"];

let console: TestConsole;
let own: Tenant;
let stranger: Tenant;
let tenantTables: string[];

beforeAll(async () => {
  console = await bootConsole();
  [own, stranger] = await Promise.all([fill("Harbour"), fill("Lighthouse")]);
  tenantTables = await names(sql`
    select table_name as name from information_schema.columns
    where table_schema = 'public' and column_name = 'org_id' order by 1`);
});
afterAll(() => console.stop());

/** A tenant with at least one row in every tenant table. */
async function fill(name: string): Promise<Tenant> {
  const { deps } = console;
  const tenant = await signUpTenant(deps, name);
  const { caller } = tenant.people.owner;
  const org = tenant.slug;
  const { environment, run } = await caller.environment.create({ org, name, homeRegion: deps.regions[0]!.id });
  const { cluster } = await caller.cluster.createHybrid({ org, environment, name: "Cellar" });
  await caller.apiToken.create({ org, name: "Pipeline", role: "viewer" });
  await appendRunEvent(deps.db, run, { kind: "log", level: "info", text: name });
  const orgId = tenant.scope.org.id;
  await deps.db.insert(runSteps).values({ runId: run, orgId, name: "prepare", position: 0, state: "running" });
  const said = { publicKey: "-", hostname: "cellar-1", version: "0.1.0" };
  await deps.db.insert(nodes).values({ id: newId("nod") as NodeId, orgId, clusterId: cluster, ...said });
  return tenant;
}

async function names(query: ReturnType<typeof sql>): Promise<string[]> {
  const { rows } = await console.deps.db.execute<{ name: string }>(query);
  return rows.map(({ name }) => name);
}

const asOwn = <T>(work: (tx: Tx) => Promise<T>) => forOrg(console.deps.db, own.scope.org.id, work);
const table = (name: string) => sql.identifier(name);
/** drizzle wraps what PostgreSQL said. */
const because = (text: RegExp) => ({ cause: { message: expect.stringMatching(text) as string } });

test("every table is a tenant's with a wall, or named as none", async () => {
  const all = await names(sql`select tablename as name from pg_tables where schemaname = 'public' order by 1`);
  expect(all.filter((name) => !tenantTables.includes(name))).toEqual(SYSTEM_TABLES);
  const walled = await names(sql`
    select c.relname as name from pg_class c join pg_policy p on p.polrelid = c.oid
    where c.relrowsecurity and 'causeway_tenant'::regrole = any (p.polroles)
      and pg_get_expr(p.polqual, p.polrelid) like '%causeway.org%' order by 1`);
  expect(walled).toEqual([...tenantTables, "organisations"].toSorted());
});

test("whatever the tenant's role may touch has row-level security", async () => {
  const open = await names(sql`
    select distinct c.relname as name from pg_class c
    where c.relkind in ('r', 'p', 'v', 'm') and c.relnamespace = 'public'::regnamespace and not c.relrowsecurity
      and has_any_column_privilege('causeway_tenant', c.oid, 'select, insert, update')`);
  expect(open).toEqual([]);
});

test("a query that forgets its organisation finds its own rows, and all of them", async () => {
  for (const name of tenantTables) {
    const seen = await asOwn((tx) => tx.execute<{ org_id: OrgId }>(sql`select org_id from ${table(name)}`));
    const mine = await console.deps.db.execute(sql`select 1 from ${table(name)} where org_id = ${own.scope.org.id}`);
    expect([name, new Set(seen.rows.map((row) => row.org_id)), seen.rows.length]).toEqual([
      name,
      new Set([own.scope.org.id]),
      mine.rows.length,
    ]);
  }
});

test("another tenant's rows can be neither changed nor removed, and no row can be given away", async () => {
  for (const name of tenantTables.filter((candidate) => candidate !== "audit")) {
    const theirs = sql`where org_id = ${stranger.scope.org.id}`;
    const changed = await asOwn((tx) => tx.execute(sql`update ${table(name)} set org_id = org_id ${theirs}`));
    const removed = await asOwn((tx) => tx.execute(sql`delete from ${table(name)} ${theirs}`));
    expect([name, changed.rowCount, removed.rowCount]).toEqual([name, 0, 0]);
    const given = asOwn((tx) => tx.execute(sql`update ${table(name)} set org_id = ${stranger.scope.org.id}`));
    await expect(given).rejects.toMatchObject(because(/violates row-level security/));
  }
});

test("an audit entry cannot be changed or removed, its own tenant's neither", async () => {
  for (const statement of [sql`update audit set action = 'x'`, sql`delete from audit`])
    await expect(asOwn((tx) => tx.execute(statement))).rejects.toMatchObject(because(/permission denied/));
});

test("of people only the organisation's members are seen, and never a password", async () => {
  const seen = await asOwn((tx) => tx.execute<{ email: string }>(sql`select email from users`));
  const members = Object.values(own.people).map(({ email }) => email);
  expect(seen.rows.map(({ email }) => email).toSorted()).toEqual(members.toSorted());
  for (const name of ["sessions", "login_tokens", "letters"])
    await expect(asOwn((tx) => tx.execute(sql`select 1 from ${table(name)}`))).rejects.toMatchObject(
      because(/permission denied/),
    );
  await expect(asOwn((tx) => tx.execute(sql`select password_hash from users`))).rejects.toMatchObject(
    because(/permission denied/),
  );
});

test("of organisations only its own is seen", async () => {
  const seen = await asOwn((tx) => tx.execute<{ id: string }>(sql`select id from organisations`));
  expect(seen.rows).toEqual([{ id: own.scope.org.id }]);
});

test("the wall stands again after a step outside, and is gone after the transaction, failed ones too", async () => {
  const orgsSeen = async (tx: Pick<Tx, "execute">) =>
    new Set((await tx.execute<{ org_id: string }>(sql`select org_id from teams`)).rows.map((row) => row.org_id)).size;
  await asOwn(async (tx) => {
    expect(await asSystem(tx, () => orgsSeen(tx))).toBeGreaterThan(1);
    expect(await orgsSeen(tx)).toBe(1);
  });
  await expect(asOwn((tx) => asSystem(tx, () => Promise.reject(new Error("outside"))))).rejects.toThrow("outside");
  // As many as the pool has: whichever connection served the failure is asked too.
  const everyConnection = await Promise.all(Array.from({ length: 10 }, () => orgsSeen(console.deps.db)));
  for (const seen of everyConnection) expect(seen).toBeGreaterThan(1);
});
