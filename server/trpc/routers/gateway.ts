import { z } from "zod";
import { gatewaySettingsDetailView, settingsMember } from "#contracts/console/views.ts";
import { settingsOfCluster, settingsOfEnvironment, type GatewaySettingsDesk } from "../../gateways/gateway-settings.ts";
import { gatewaySettingsMembers, withWritten } from "../../gateways/written-settings.ts";
import type { OrgScope } from "../../scope.ts";
import { clusterInput, environmentInput, orgProcedure, router } from "../procedures.ts";

/** Of all clusters, or of the one that is named. */
const place = environmentInput.extend({ cluster: clusterInput.shape.cluster.optional() });
/** Raw on purpose: what was typed is parsed by the control plane, which names a member that it does not know. */
const change = { version: z.int().min(0), settings: z.record(z.string(), z.unknown()) };

function deskOf(scope: OrgScope, { environment, cluster }: z.output<typeof place>): Promise<GatewaySettingsDesk> {
  return cluster === undefined
    ? settingsOfEnvironment(scope, environment)
    : settingsOfCluster(scope, cluster, environment);
}

export const gatewayRouter = router({
  settings: orgProcedure({ can: "gateway:read" })
    .input(place)
    .output(gatewaySettingsDetailView)
    .query(async ({ ctx, input }) => withWritten(await (await deskOf(ctx.scope, input)).read())),
  settingsMembers: orgProcedure({ can: "gateway:read" })
    .output(z.array(settingsMember))
    .query(() => gatewaySettingsMembers()),
  updateSettings: orgProcedure({ can: "gateway:write" })
    .input(place.extend(change))
    .output(gatewaySettingsDetailView)
    .mutation(async ({ ctx, input }) =>
      withWritten(await (await deskOf(ctx.scope, input)).replace(input.version, input.settings)),
    ),
});
