import type { AnyProcedure } from "@trpc/server";
import { TRPCError } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { followChain } from "#base/audit-chain.ts";
import { AppError } from "#base/errors.ts";
import { role } from "#contracts/plane/claims.ts";
import type { AuditView } from "#contracts/plane/entities.ts";
import { openPlane } from "../planes/open-plane.ts";
import { permissions, permissionsOf } from "../permissions.ts";
import { foreignIds } from "../testkit/foreign-ids.ts";
import { examples, type Example } from "../testkit/procedure-examples.ts";
import { callerFor, signUpPerson, type Caller } from "../testkit/tenants.ts";
import { bootWorld, type World } from "../testkit/world.ts";
import { mayDo } from "../scope.ts";
import type { ProcedureMeta } from "./procedures.ts";
import { appRouter } from "./router.ts";

/** What the walk reads of a procedure; tRPC's own type hides the parsers. */
interface Definition {
  type: "query" | "mutation" | "subscription";
  meta?: ProcedureMeta;
  inputs: z.ZodObject[];
  output?: z.ZodType;
}

const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, AnyProcedure>).map(
  ([path, procedure]) => ({ path, ...(procedure._def as unknown as Definition) }),
);
/** These answer with a stream, which has no schema of the whole. */
const streams = new Set(["run.events"]);
const FRESH_MS = 15 * 60_000;

let world: World;
beforeAll(async () => {
  world = await bootWorld();
});
afterAll(() => world.console.stop());

test("every procedure has an example, and every example a procedure", () => {
  expect(Object.keys(examples).toSorted()).toEqual(procedures.map(({ path }) => path).toSorted());
});

test("every permission is asked by a procedure, and each role holds some", () => {
  const asked = new Set(procedures.map(({ meta }) => meta?.can));
  expect(permissions.filter((permission) => !asked.has(permission))).toEqual([]);
  for (const name of role.options) expect(permissionsOf[name].length).toBeGreaterThan(0);
});

describe.each(procedures)("$path", (procedure) => {
  const { path, type, meta } = procedure;
  const example: Example = examples[path] ?? {};
  const isOrg = meta?.access === "org";
  // Made once: whoever is refused uses nothing up, and the owner comes last.
  let given: Promise<Members | undefined> | undefined;
  const rightInput = () => (given ??= inputOf(example, isOrg));

  test("says who may call it, what it takes and what it answers", async () => {
    expect(meta?.access).toMatch(/^(public|session|org)$/);
    if (isOrg) expect(permissions).toContain(meta?.can);
    // A right to read must never open a change.
    if (isOrg) expect(meta?.can?.endsWith(":read")).toBe(type !== "mutation");
    if (streams.has(path)) expect(type).toBe("subscription");
    else expect(procedure.output).toBeDefined();
    const declared = procedure.inputs.flatMap((input) => Object.keys(input.shape));
    expect(declared).toEqual(expect.arrayContaining(Object.keys((await rightInput()) ?? {})));
    if (path.endsWith(".destroy") || path === "apiToken.create") expect(meta?.fresh).toBe(true);
  });

  if (meta?.access !== "public")
    test("is refused without a session", async () => {
      expect(await codeOf(callerFor(world.deps, null), path, await rightInput())).toBe("UNAUTHORIZED");
    });

  if (type === "mutation")
    test("is refused from another site's page", async () => {
      const caller = callerFor(world.deps, world.own.tenant.people.owner.session, { sameOrigin: false });
      expect(await refusal(caller, path, await rightInput())).toEqual(["FORBIDDEN", "forbidden"]);
    });

  const lacking = role.options.filter((name) => meta?.can && !mayDo(name, meta.can));
  if (lacking.length > 0)
    test(`is refused for ${lacking.join(" and ")}`, async () => {
      const input = await rightInput();
      const before = await world.everything();
      for (const name of lacking) {
        const { caller } = world.own.tenant.people[name];
        expect(await refusal(caller, path, input)).toEqual(["FORBIDDEN", "forbidden"]);
      }
      expect(await world.everything()).toEqual(before);
    });

  if (meta?.fresh)
    test("asks for the password again after 15 minutes", async () => {
      const { session } = world.own.tenant.people.owner;
      const old = { ...session, authenticatedAtMs: world.deps.clock.now() - FRESH_MS - 1 };
      const input = await rightInput();
      expect(await refusal(callerFor(world.deps, old), path, input)).toEqual(["FORBIDDEN", "needs_reauthentication"]);
    });

  if (isOrg)
    test("does not find another tenant's organisation", async () => {
      const input = { ...(await rightInput()), org: world.stranger.tenant.slug };
      const before = await world.everything();
      expect(await codeOf(world.own.tenant.people.owner.caller, path, input)).toBe("NOT_FOUND");
      expect(await world.everything()).toEqual(before);
    });

  if (isOrg)
    test("does not find what is another tenant's inside the own organisation", async () => {
      const input = (await rightInput())!;
      const tries = Object.keys(input).flatMap((member) =>
        foreignIds(world.stranger, member, path).map((id) => ({ ...input, [member]: id })),
      );
      const before = await world.everything();
      for (const foreign of tries)
        expect([foreign, await codeOf(world.own.tenant.people.owner.caller, path, foreign)]).toEqual([
          foreign,
          "NOT_FOUND",
        ]);
      expect(await world.everything()).toEqual(before);
    });

  test("answers its owner as its schema says, and a change is in the audit", async () => {
    const caller = example.ownPerson
      ? (await signUpPerson(world.deps, "Leaving")).person.caller
      : world.own.tenant.people.owner.caller;
    const input = await rightInput();
    const before = await newestAudit();
    const answer = await call(caller, path, input);
    if (procedure.output) expect(procedure.output.parse(answer)).toEqual(answer);
    else expect(answer).toBeDefined();
    const audited = JSON.stringify(await newestAudit()) !== JSON.stringify(before);
    expect(audited).toBe(type === "mutation" && example.unaudited === undefined);
  });
});

test("after all that, the organisation's chain and its control plane's both verify", async () => {
  const { tenant, environment } = world.own;
  const { entries, brokenAt } = await tenant.people.owner.caller.audit.verify({ org: tenant.slug });
  expect([entries > 20, brokenAt]).toEqual([true, null]);
  const plane = await openPlane(tenant.scope, environment);
  const shown: AuditView[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await plane.listAudit(cursor);
    shown.push(...page.items);
    cursor = page.nextCursor;
  }
  const chained = shown.toReversed().map(({ at, ...entry }) => ({ ...entry, atMs: Date.parse(at) }));
  const { seq, hash } = shown[0]!;
  expect(followChain({ seq: 0, hash: "" }, chained)).toEqual({ head: { seq, hash } });
  expect(shown.length).toBeGreaterThan(10);
});

test("a policy and a key cannot name what is another tenant's", async () => {
  const { tenant, environment } = world.own;
  const { caller } = tenant.people.owner;
  const place = { org: tenant.slug, environment };
  const before = await world.everything();
  const policy = { ...place, settings: { name: "Greedy", apis: [world.stranger.api] } };
  const key = { ...place, settings: { name: "Greedy", policies: [world.stranger.policy] } };
  for (const [path, input] of [
    ["policy.create", policy],
    ["policy.update", { ...policy, policy: world.own.policy, version: 1 }],
    ["key.create", key],
    ["key.update", { ...key, key: world.own.key, version: 1 }],
  ] as const)
    expect(await refusal(caller, path, input)).toEqual(["BAD_REQUEST", "invalid"]);
  expect(await world.everything()).toEqual(before);
});

type Members = Record<string, unknown>;

async function inputOf(example: Example, isOrg: boolean): Promise<Members | undefined> {
  const given = await example.input?.(world);
  return isOrg ? { org: world.own.tenant.slug, ...given } : given;
}

/** Calls a procedure by its path; of a stream, the first value. */
async function call(caller: Caller, path: string, input: unknown): Promise<unknown> {
  const [room, name] = path.split(".") as [string, string];
  const procedure = (caller as unknown as Record<string, Record<string, (given: unknown) => Promise<unknown>>>)[room]![
    name
  ]!;
  const answer = await procedure(input);
  if (!isStream(answer)) return answer;
  for await (const first of answer) return first;
  return undefined;
}

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value;

/** tRPC's code and ours. */
async function refusal(caller: Caller, path: string, input: unknown): Promise<[string, string]> {
  try {
    await call(caller, path, input);
    return ["OK", "ok"];
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error;
    return [error.code, error.cause instanceof AppError ? error.cause.code : "unforeseen"];
  }
}

const codeOf = async (caller: Caller, path: string, input: unknown) => (await refusal(caller, path, input))[0];

/** The newest entry of each chain that the own environment's page shows. */
async function newestAudit(): Promise<string[]> {
  const { tenant, environment } = world.own;
  const org = tenant.slug;
  const { caller } = tenant.people.owner;
  const pages = await Promise.all([caller.audit.list({ org }), caller.audit.list({ org, environment })]);
  return pages.map(({ items }) =>
    items
      .map(({ id }) => id)
      .toSorted()
      .join(),
  );
}
