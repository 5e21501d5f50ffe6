import { joinSettings, noSettings, type NodeSettings } from "#contracts/config/node-settings.ts";
import { gatewaySettings } from "#drizzle/controlplane/schema.ts";
import type { PlaneTx } from "../db/database.ts";

/** The row of what is meant for all clusters. */
export const ENVIRONMENT_SCOPE = "environment";

/** By scope: `environment`, or a cluster's id. */
export type ScopedSettings = Readonly<Record<string, NodeSettings>>;

/** What stands now, for a revision to carry. */
export async function readScopedSettings(tx: PlaneTx): Promise<ScopedSettings> {
  const rows = await tx.select({ scope: gatewaySettings.scope, body: gatewaySettings.body }).from(gatewaySettings);
  return Object.fromEntries(rows.map(({ scope, body }) => [scope, body]));
}

/** What the gateways of a cluster are told: its own before the environment's. Undefined: there is nothing to say. */
export function settingsFor(cluster: string, scoped: ScopedSettings): NodeSettings | undefined {
  const { [ENVIRONMENT_SCOPE]: far = noSettings, [cluster]: near = noSettings } = scoped;
  const joined = joinSettings(near, far);
  const isEmpty = Object.keys(joined.settings).length === 0 && joined.certificates.length === 0;
  return isEmpty ? undefined : joined;
}
