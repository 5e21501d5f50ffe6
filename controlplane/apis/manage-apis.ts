import { and, asc, eq, getTableColumns, ne, sql } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import { newId } from "#base/id.ts";
import type { ApiId } from "#contracts/ids.ts";
import type { ApiDetail, ApiInput, ApiView } from "#contracts/plane/apis.ts";
import type { Actor } from "#contracts/plane/claims.ts";
import { apis, policies } from "#drizzle/controlplane/schema.ts";
import { diffOf, recordAudit } from "../audit/record-audit.ts";
import type { PlaneTx } from "../db/database.ts";
import type { Plane } from "../plane.ts";
import { publish } from "../revisions/publish.ts";
import { demandAuthPolicies } from "./auth-policies.ts";
import { resolvedColumns } from "./resolve-settings.ts";
import { viewApi, viewApiDetail, type ApiRow } from "./view-api.ts";

/** An environment holds at most this many APIs (the gateway is measured with ten thousand). */
const MOST_APIS = 10_000;

export async function listApis(plane: Plane): Promise<ApiView[]> {
  const { document: _document, resolved: _resolved, ...shown } = getTableColumns(apis);
  const rows = await plane.db.select(shown).from(apis).orderBy(asc(apis.name), asc(apis.id));
  return rows.map(viewApi);
}

/** Rows of a version that did not keep what gateways load of them. */
export async function resolveOldApis(plane: Plane): Promise<void> {
  const old = await plane.db.select().from(apis).where(eq(apis.resolved, ""));
  for (const { id, settings, document } of old)
    await plane.db
      .update(apis)
      .set(resolvedColumns(id, { ...settings, document }))
      .where(eq(apis.id, id));
}

export async function getApi(plane: Plane, id: string): Promise<ApiDetail> {
  return viewApiDetail(await find(plane.db, id));
}

/** Row, audit and revision in one transaction: an API that is saved is published. */
export async function createApi(plane: Plane, actor: Actor, input: ApiInput): Promise<ApiDetail> {
  const id = newId("api", plane.clock.now(), plane.random) as ApiId;
  const resolved = resolvedColumns(id, input);
  const { document, ...settings } = input;
  return plane.db.transaction(async (tx) => {
    const [counted] = await tx.select({ standing: sql<number>`count(*)::int` }).from(apis);
    if (counted!.standing >= MOST_APIS)
      throw new AppError("conflict", `An environment holds at most ${MOST_APIS} APIs.`);
    await demandFreeListen(tx, input, id);
    await demandAuthPolicies(tx, input.auth);
    await tx.insert(apis).values({
      id,
      name: input.name,
      listenHost: input.listen.host ?? "",
      listenPath: input.listen.path,
      settings,
      document,
      ...resolved,
    });
    const target = { kind: "api", id, name: input.name };
    await recordAudit(tx, plane, { actor, action: "api.create", target, diff: diffOf({}, settings) });
    const revision = await publish(tx, plane, actor, `Created API ${input.name}`);
    const [row] = await tx.update(apis).set({ revision }).where(eq(apis.id, id)).returning();
    return viewApiDetail(row!);
  });
}

/** `version` is the one that the editor saw: a change in between is a conflict and not lost. */
export async function updateApi(
  plane: Plane,
  actor: Actor,
  id: string,
  version: number,
  input: ApiInput,
): Promise<ApiDetail> {
  const resolved = resolvedColumns(id, input);
  const { document, ...settings } = input;
  return plane.db.transaction(async (tx) => {
    const before = await find(tx, id);
    await demandFreeListen(tx, input, before.id);
    await demandAuthPolicies(tx, input.auth);
    const [changed] = await tx
      .update(apis)
      .set({
        name: input.name,
        listenHost: input.listen.host ?? "",
        listenPath: input.listen.path,
        settings,
        document,
        ...resolved,
        version: version + 1,
        updatedAt: new Date(plane.clock.now()),
      })
      .where(and(eq(apis.id, before.id), eq(apis.version, version)))
      .returning();
    if (!changed) throw staleVersion("API", before.version);
    const diff = diffOf({ ...before.settings, document: before.document }, { ...settings, document });
    // A document is long; that it changed is what the diff tells.
    if (diff.document)
      diff.document = {
        before: `${before.document?.length ?? 0} characters`,
        after: `${document?.length ?? 0} characters`,
      };
    const target = { kind: "api", id, name: input.name };
    await recordAudit(tx, plane, { actor, action: "api.update", target, diff });
    const revision = await publish(tx, plane, actor, `Changed API ${input.name}`);
    const [row] = await tx.update(apis).set({ revision }).where(eq(apis.id, before.id)).returning();
    return viewApiDetail(row!);
  });
}

export async function deleteApi(plane: Plane, actor: Actor, id: string): Promise<void> {
  await plane.db.transaction(async (tx) => {
    const row = await find(tx, id);
    const users = await tx.select({ name: policies.name, body: policies.body }).from(policies);
    const holders = users.filter((policy) => row.id in policy.body.apis).map((policy) => policy.name);
    if (holders.length > 0)
      throw new AppError(
        "conflict",
        `${row.name} is opened by the policies ${holders.join(", ")}. Take it out of them first.`,
      );
    await tx.delete(apis).where(eq(apis.id, row.id));
    const target = { kind: "api", id, name: row.name };
    await recordAudit(tx, plane, { actor, action: "api.delete", target, diff: diffOf(row.settings, {}) });
    await publish(tx, plane, actor, `Deleted API ${row.name}`);
  });
}

async function find(db: Pick<PlaneTx, "select">, id: string): Promise<ApiRow> {
  const [row] = await db
    .select()
    .from(apis)
    .where(eq(apis.id, id as ApiId));
  if (!row) throw new AppError("not_found", "There is no such API, or you have no access to it.");
  return row;
}

/** Two APIs of one listen path would leave to chance which one answers. */
async function demandFreeListen(tx: PlaneTx, input: ApiInput, self: ApiId): Promise<void> {
  const [taken] = await tx
    .select({ name: apis.name })
    .from(apis)
    .where(
      and(eq(apis.listenHost, input.listen.host ?? ""), eq(apis.listenPath, input.listen.path), ne(apis.id, self)),
    );
  if (!taken) return;
  throw new AppError(
    "conflict",
    `The listen path ${input.listen.path} is taken by the API ${taken.name}. Choose another one.`,
    {
      fields: [{ path: "listen", message: `is taken by ${taken.name}` }],
    },
  );
}

export function staleVersion(what: string, current: number): AppError {
  return new AppError(
    "conflict",
    `This ${what} was changed by someone else (it is at version ${current}). Reload it, then save again.`,
  );
}
