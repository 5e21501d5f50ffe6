import { z } from "zod";
import { apiDetail, apiInput, apiView } from "#contracts/plane/apis.ts";
import { pageOf } from "#contracts/problem.ts";
import { createApi, listApis } from "../../apis/apis.ts";
import { openPlane } from "../../planes/open-plane.ts";
import { newApi } from "../../trpc/routers/api.ts";
import { tenantRoute, type TenantRoute } from "../route.ts";
import { at, whole } from "./parts.ts";

/** APIs, as the environment's control plane keeps them. */
export const apiRoutes: TenantRoute[] = [
  tenantRoute({
    method: "GET",
    path: "/environments/{environment}/apis",
    summary: "Lists APIs.",
    can: "api:read",
    query: z.strictObject({ search: z.string().max(100).optional() }),
    status: 200,
    output: pageOf(apiView),
    handle: async (scope, { params, query }) =>
      whole(await listApis(scope, { environment: at(params, "environment"), search: query.search })),
  }),
  tenantRoute({
    method: "POST",
    path: "/environments/{environment}/apis",
    summary: "Creates an API from an OpenAPI document, its URL, or fields, and publishes it.",
    can: "api:write",
    body: newApi.strict(),
    status: 201,
    output: apiDetail,
    handle: (scope, { params, body }) => createApi(scope, { ...body, environment: at(params, "environment") }),
  }),
  tenantRoute({
    method: "GET",
    path: "/environments/{environment}/apis/{api}",
    summary: "Reads an API with its document.",
    can: "api:read",
    status: 200,
    output: apiDetail,
    handle: async (scope, { params }) => (await openPlane(scope, at(params, "environment"))).getApi(at(params, "api")),
  }),
  tenantRoute({
    method: "PUT",
    path: "/environments/{environment}/apis/{api}",
    summary: "Replaces an API's settings; `version` guards against overwriting another's change.",
    can: "api:write",
    query: z.strictObject({ version: z.coerce.number().int().min(1) }),
    body: apiInput,
    status: 200,
    output: apiDetail,
    handle: async (scope, { params, query, body }) =>
      (await openPlane(scope, at(params, "environment"))).updateApi(at(params, "api"), query.version, body),
  }),
  tenantRoute({
    method: "DELETE",
    path: "/environments/{environment}/apis/{api}",
    summary: "Deletes an API and publishes without it.",
    can: "api:write",
    status: 204,
    handle: async (scope, { params }) =>
      (await openPlane(scope, at(params, "environment"))).deleteApi(at(params, "api")),
  }),
];
