import { z } from "zod";
import { gatewaySettingsInput, gatewaySettingsView } from "#contracts/plane/gateway-settings.ts";
import { settingsOfCluster, settingsOfEnvironment } from "../../gateways/gateway-settings.ts";
import { tenantRoute, type TenantRoute } from "../route.ts";
import { at } from "./parts.ts";

const versioned = z.strictObject({ version: z.coerce.number().int().min(0) });

/** What gateways are told of themselves, of all clusters and of one. */
export const gatewayRoutes: TenantRoute[] = [
  tenantRoute({
    method: "GET",
    path: "/environments/{environment}/gateway-settings",
    summary: "Reads what all gateways of an environment are told of themselves.",
    can: "gateway:read",
    status: 200,
    output: gatewaySettingsView,
    handle: async (scope, { params }) => (await settingsOfEnvironment(scope, at(params, "environment"))).read(),
  }),
  tenantRoute({
    method: "PUT",
    path: "/environments/{environment}/gateway-settings",
    summary:
      "Replaces it and publishes; `version` guards against overwriting another's change, and is 0 the first time.",
    can: "gateway:write",
    query: versioned,
    body: gatewaySettingsInput,
    status: 200,
    output: gatewaySettingsView,
    handle: async (scope, { params, query, body }) =>
      (await settingsOfEnvironment(scope, at(params, "environment"))).replace(query.version, body),
  }),
  tenantRoute({
    method: "GET",
    path: "/clusters/{cluster}/gateway-settings",
    summary: "Reads what the gateways of one cluster are told before what all are told.",
    can: "gateway:read",
    status: 200,
    output: gatewaySettingsView,
    handle: async (scope, { params }) => (await settingsOfCluster(scope, at(params, "cluster"))).read(),
  }),
  tenantRoute({
    method: "PUT",
    path: "/clusters/{cluster}/gateway-settings",
    summary:
      "Replaces it and publishes; `version` guards against overwriting another's change, and is 0 the first time.",
    can: "gateway:write",
    query: versioned,
    body: gatewaySettingsInput,
    status: 200,
    output: gatewaySettingsView,
    handle: async (scope, { params, query, body }) =>
      (await settingsOfCluster(scope, at(params, "cluster"))).replace(query.version, body),
  }),
];
