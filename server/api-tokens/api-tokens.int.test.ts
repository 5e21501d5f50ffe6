import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { FakeClock } from "#base/clock.ts";
import { newToken } from "#base/token.ts";
import type { Role } from "#contracts/plane/claims.ts";
import { apiTokens, memberships } from "#drizzle/console/schema.ts";
import { bootConsole, type TestConsole } from "../testkit/boot-console.ts";
import { signUpTenant, type Tenant } from "../testkit/tenants.ts";
import { createApiToken } from "./api-tokens.ts";
import { scopeOfApiToken } from "./scope-of-api-token.ts";

const clock = new FakeClock(Date.now());
let console: TestConsole;
let tenant: Tenant;

beforeAll(async () => {
  console = await bootConsole({ clock });
});
afterAll(() => console.stop());
beforeEach(async () => {
  tenant = await signUpTenant(console.deps, "Harbour");
});

const refused = { code: "unauthenticated" };
const scopeOf = (token: string) => scopeOfApiToken(console.deps, token);
const rowOf = async (id: string) => (await console.deps.db.select().from(apiTokens)).find((row) => row.id === id)!;
/** A token that a member of this role makes, asking for another. */
const made = (maker: Role, role: Role, expiresInDays: number | null = null) => {
  const { userId } = tenant.people[maker].session;
  return createApiToken({ ...tenant.scope, userId, role: maker }, { name: "Pipeline", role, expiresInDays });
};
const changeMembership = (who: Role, change: "leaves" | Role) => {
  const { userId } = tenant.people[who].session;
  const theirs = and(eq(memberships.orgId, tenant.scope.org.id), eq(memberships.userId, userId));
  return change === "leaves"
    ? console.deps.db.delete(memberships).where(theirs)
    : console.deps.db.update(memberships).set({ role: change }).where(theirs);
};

test("a token acts for its organisation in its own name, and only its hash is kept", async () => {
  const { id, token } = await made("owner", "developer");
  expect(await scopeOf(token)).toMatchObject({
    org: { slug: tenant.slug },
    role: "developer",
    actor: { kind: "api_token", id, name: "Pipeline" },
  });
  const row = await rowOf(id);
  expect(JSON.stringify(row)).not.toContain(token);
  expect(row.hash).toMatch(/^[0-9a-f]{64}$/);
});

test("a token is never above its maker, neither when it is made nor later", async () => {
  expect((await made("admin", "owner")).role).toBe("admin");
  const { token } = await made("admin", "admin");
  await changeMembership("admin", "viewer");
  expect((await scopeOf(token)).role).toBe("viewer");
});

test("a token ends when its maker leaves the organisation", async () => {
  const { token } = await made("admin", "viewer");
  await changeMembership("admin", "leaves");
  await expect(scopeOf(token)).rejects.toMatchObject(refused);
});

test("a token ends on its day", async () => {
  const { token } = await made("owner", "viewer", 7);
  clock.advance(7 * 86_400_000 - 1);
  await scopeOf(token);
  clock.advance(1);
  await expect(scopeOf(token)).rejects.toMatchObject(refused);
});

test("what is no token of ours, and what is another kind of token, is refused alike", async () => {
  for (const text of [newToken("pat"), newToken("key"), "cwy_pat_", "x".repeat(5_000)])
    await expect(scopeOf(text)).rejects.toMatchObject(refused);
});

test("when a token was last used is known to the minute, and costs one write a minute", async () => {
  const { id, token } = await made("owner", "viewer");
  await scopeOf(token);
  const first = (await rowOf(id)).lastUsedAt!.getTime();
  expect(first).toBe(clock.now());
  clock.advance(59_999);
  await scopeOf(token);
  expect((await rowOf(id)).lastUsedAt!.getTime()).toBe(first);
  clock.advance(1);
  await scopeOf(token);
  expect((await rowOf(id)).lastUsedAt!.getTime()).toBe(clock.now());
});
