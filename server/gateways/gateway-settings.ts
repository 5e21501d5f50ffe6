import type { GatewaySettingsView } from "#contracts/plane/gateway-settings.ts";
import { findCluster } from "../clusters/find-cluster.ts";
import { forOrg } from "../db/database.ts";
import { openPlane } from "../planes/open-plane.ts";
import type { PlaneClient, PlaneCluster } from "../planes/plane-client.ts";
import type { OrgScope } from "../scope.ts";

/** What gateways of one place are told of themselves. */
export interface GatewaySettingsDesk {
  read(): Promise<GatewaySettingsView>;
  /** `version` is the one that the editor saw; 0 where nobody had written any. */
  replace(version: number, settings: Record<string, unknown>): Promise<GatewaySettingsView>;
}

/** Of all clusters of an environment. */
export async function settingsOfEnvironment(scope: OrgScope, environment: string): Promise<GatewaySettingsDesk> {
  return desk(await openPlane(scope, environment));
}

/**
 * Of one cluster; with `environment`, of that environment only. The control plane knows clusters by id alone: whose one is,
 * is asked here.
 */
export async function settingsOfCluster(
  scope: OrgScope,
  reference: string,
  environment?: string,
): Promise<GatewaySettingsDesk> {
  const find = () => forOrg(scope.deps.db, scope.org.id, (tx) => findCluster(tx, scope, reference, environment));
  const { id, name, environmentId } = await find();
  return desk(await openPlane(scope, environmentId), { id, name });
}

function desk(plane: PlaneClient, cluster?: PlaneCluster): GatewaySettingsDesk {
  return {
    read: () => plane.getGatewaySettings(cluster),
    replace: (version, settings) => plane.putGatewaySettings(cluster, version, settings),
  };
}
