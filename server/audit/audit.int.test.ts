import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { audit, organisations } from "#drizzle/console/schema.ts";
import { bootConsole, type TestConsole } from "../testkit/boot-console.ts";
import { signUpPerson, type Person } from "../testkit/tenants.ts";
import { openOrg } from "../orgs/open-org.ts";
import { recordAudit } from "./record-audit.ts";
import { verifyAudit } from "./verify-audit.ts";
import { forOrg } from "../db/database.ts";
import type { OrgScope } from "../scope.ts";

let console: TestConsole;
let person: Person;
let scope: OrgScope;

beforeAll(async () => {
  console = await bootConsole();
});
afterAll(() => console.stop());
beforeEach(async () => {
  const signedUp = await signUpPerson(console.deps, "Harbour");
  person = signedUp.person;
  scope = await openOrg(console.deps, person.session, signedUp.org);
  for (const name of ["one", "two", "three"]) await write(name);
});

const write = (name: string) =>
  forOrg(scope.deps.db, scope.org.id, (tx) =>
    recordAudit(tx, scope, {
      action: "test.write",
      target: { kind: "test", id: name, name },
      diff: { name: { after: name } },
    }),
  );
const entry = (seq: number) => and(eq(audit.orgId, scope.org.id), eq(audit.seq, seq));

test("an untouched chain verifies, and its verdict is asked for by a procedure", async () => {
  expect(await verifyAudit(scope)).toEqual({ entries: 4, brokenAt: null });
  expect(await person.caller.audit.verify({ org: scope.org.slug })).toEqual({ entries: 4, brokenAt: null });
});

test.each<[string, () => Promise<unknown>, number]>([
  ["a changed diff", () => scope.deps.db.update(audit).set({ diff: {} }).where(entry(3)), 3],
  [
    "a changed actor",
    () =>
      scope.deps.db
        .update(audit)
        .set({ actor: { ...scope.actor, name: "someone else" } })
        .where(entry(2)),
    2,
  ],
  ["a changed time", () => scope.deps.db.update(audit).set({ atMs: 1 }).where(entry(4)), 4],
  ["a removed entry", () => scope.deps.db.delete(audit).where(entry(2)), 2],
  ["a removed end", () => scope.deps.db.delete(audit).where(entry(4)), 4],
  [
    "a head that was set back with its entry",
    async () => {
      const [before] = await scope.deps.db.select().from(audit).where(entry(4));
      await scope.deps.db.delete(audit).where(entry(4));
      const head = { auditSeq: 3, auditHash: "0".repeat(64) };
      await scope.deps.db.update(organisations).set(head).where(eq(organisations.id, before!.orgId));
    },
    4,
  ],
])("%s is found", async (_what, tamper, brokenAt) => {
  await tamper();
  expect((await verifyAudit(scope)).brokenAt).toBe(brokenAt);
});

test("entries that are written at once are numbered without gaps, and each is in the chain", async () => {
  await Promise.all(Array.from({ length: 12 }, (_, turn) => write(`at once ${turn}`)));
  expect(await verifyAudit(scope)).toEqual({ entries: 16, brokenAt: null });
});

test("an entry and its change stand or fall together", async () => {
  const failing = forOrg(scope.deps.db, scope.org.id, async (tx) => {
    await recordAudit(tx, scope, { action: "test.fail", target: { kind: "test", id: "x", name: "x" } });
    throw new Error("the change failed");
  });
  await expect(failing).rejects.toThrow("the change failed");
  expect(await verifyAudit(scope)).toEqual({ entries: 4, brokenAt: null });
});

test("pages are newest first and join without a gap", async () => {
  for (let turn = 0; turn < 60; turn += 1) await write(`entry ${turn}`);
  const org = scope.org.slug;
  const first = await person.caller.audit.list({ org });
  const second = await person.caller.audit.list({ org, cursor: first.nextCursor! });
  expect([first.items.length, second.items.length, second.nextCursor]).toEqual([50, 14, null]);
  const seqs = [...first.items, ...second.items].map(({ seq }) => seq);
  expect(seqs).toEqual(Array.from({ length: 64 }, (_, index) => 64 - index));
});
