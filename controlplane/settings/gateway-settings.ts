import { and, eq } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import { noSettings } from "#contracts/config/node-settings.ts";
import { deploymentId } from "#contracts/ids.ts";
import type { Actor } from "#contracts/plane/claims.ts";
import type { GatewaySettingsInput, GatewaySettingsView } from "#contracts/plane/gateway-settings.ts";
import { gatewaySettings } from "#drizzle/controlplane/schema.ts";
import { staleVersion } from "../apis/manage-apis.ts";
import { diffOf, recordAudit } from "../audit/record-audit.ts";
import type { PlaneTx } from "../db/database.ts";
import type { Plane } from "../plane.ts";
import { publish } from "../revisions/publish.ts";
import { ENVIRONMENT_SCOPE } from "./read-settings.ts";

/** More clusters than an environment has: what is kept for each is in every revision. */
const MOST_SCOPES = 200;

/** Whose settings are meant: of all clusters, or of one. `name` is for people, in audits and revisions. */
export interface SettingsScope {
  id: string;
  name: string;
}

export const ofEnvironment: SettingsScope = { id: ENVIRONMENT_SCOPE, name: "all clusters" };

/** Which clusters there are is the console's to know; here an id has to be one. */
export function ofCluster(id: string, name: string | undefined): SettingsScope {
  if (!deploymentId.safeParse(id).success)
    throw new AppError("not_found", "There is no such cluster, or you have no access to it.");
  return { id, name: name ?? id };
}

type Row = typeof gatewaySettings.$inferSelect;

export async function getGatewaySettings(plane: Plane, { id }: SettingsScope): Promise<GatewaySettingsView> {
  return view(await find(plane.db, id));
}

/**
 * Row, audit and revision in one transaction. `version` is the one that the editor saw; 0 where nobody had written any.
 */
export async function putGatewaySettings(
  plane: Plane,
  actor: Actor,
  scope: SettingsScope,
  version: number,
  body: GatewaySettingsInput,
): Promise<GatewaySettingsView> {
  return plane.db.transaction(async (tx) => {
    const before = await find(tx, scope.id);
    const row = await write(tx, plane, scope, version, body);
    if (!row) throw staleVersion("text", before?.version ?? 0);
    const target = { kind: "gateway_settings", id: scope.id, name: `of ${scope.name}` };
    const diff = diffOf(members(before?.body ?? noSettings), members(body));
    await recordAudit(tx, plane, { actor, action: "gatewaySettings.update", target, diff });
    const revision = await publish(tx, plane, actor, `Changed the gateway settings of ${scope.name}`);
    await tx.update(gatewaySettings).set({ revision }).where(eq(gatewaySettings.scope, scope.id));
    return view({ ...row, revision });
  });
}

/** Undefined: somebody else has written meanwhile. */
async function write(
  tx: PlaneTx,
  plane: Plane,
  { id: scope }: SettingsScope,
  version: number,
  body: GatewaySettingsInput,
): Promise<Row | undefined> {
  const updatedAt = new Date(plane.clock.now());
  if (version > 0) {
    const [row] = await tx
      .update(gatewaySettings)
      .set({ body, version: version + 1, updatedAt })
      .where(and(eq(gatewaySettings.scope, scope), eq(gatewaySettings.version, version)))
      .returning();
    return row;
  }
  if ((await tx.$count(gatewaySettings)) >= MOST_SCOPES)
    throw new AppError("conflict", `At most ${MOST_SCOPES} clusters of an environment have settings of their own.`);
  const [row] = await tx.insert(gatewaySettings).values({ scope, body, updatedAt }).onConflictDoNothing().returning();
  return row;
}

async function find(db: Pick<PlaneTx, "select">, scope: string): Promise<Row | undefined> {
  const [row] = await db.select().from(gatewaySettings).where(eq(gatewaySettings.scope, scope));
  return row;
}

/** One list, so that a diff names the member that changed and not the whole of the settings. */
function members({ settings, certificates }: GatewaySettingsInput): Record<string, unknown> {
  return { ...settings, ...(certificates.length > 0 ? { certificates } : {}) };
}

function view(row: Row | undefined): GatewaySettingsView {
  return {
    ...(row?.body ?? noSettings),
    version: row?.version ?? 0,
    revision: row?.revision ?? null,
    updatedAt: row?.updatedAt.toISOString() ?? null,
  };
}
