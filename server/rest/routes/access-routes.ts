import { z } from "zod";
import { analyticsQuery, analyticsReport } from "#contracts/plane/analytics.ts";
import { keyCreated, keyInput, keyView, policyInput, policyView } from "#contracts/plane/entities.ts";
import { pageOf } from "#contracts/problem.ts";
import { openPlane } from "../../planes/open-plane.ts";
import { tenantRoute, type TenantRoute } from "../route.ts";
import { at, whole } from "./parts.ts";

/** Policies, keys, and what was called with them. */
export const accessRoutes: TenantRoute[] = [
  tenantRoute({
    method: "GET",
    path: "/environments/{environment}/policies",
    summary: "Lists policies.",
    can: "policy:read",
    status: 200,
    output: pageOf(policyView),
    handle: async (scope, { params }) =>
      whole(await (await openPlane(scope, at(params, "environment"))).listPolicies()),
  }),
  tenantRoute({
    method: "POST",
    path: "/environments/{environment}/policies",
    summary: "Creates a policy and publishes it.",
    can: "policy:write",
    body: policyInput,
    status: 201,
    output: policyView,
    handle: async (scope, { params, body }) => (await openPlane(scope, at(params, "environment"))).createPolicy(body),
  }),
  tenantRoute({
    method: "GET",
    path: "/environments/{environment}/policies/{policy}",
    summary: "Reads a policy.",
    can: "policy:read",
    status: 200,
    output: policyView,
    handle: async (scope, { params }) =>
      (await openPlane(scope, at(params, "environment"))).getPolicy(at(params, "policy")),
  }),
  tenantRoute({
    method: "PUT",
    path: "/environments/{environment}/policies/{policy}",
    summary: "Replaces a policy; `version` guards against overwriting another's change.",
    can: "policy:write",
    query: z.strictObject({ version: z.coerce.number().int().min(1) }),
    body: policyInput,
    status: 200,
    output: policyView,
    handle: async (scope, { params, query, body }) =>
      (await openPlane(scope, at(params, "environment"))).updatePolicy(at(params, "policy"), query.version, body),
  }),
  tenantRoute({
    method: "DELETE",
    path: "/environments/{environment}/policies/{policy}",
    summary: "Deletes a policy that no key carries.",
    can: "policy:write",
    status: 204,
    handle: async (scope, { params }) =>
      (await openPlane(scope, at(params, "environment"))).deletePolicy(at(params, "policy")),
  }),
  tenantRoute({
    method: "GET",
    path: "/environments/{environment}/keys",
    summary: "Lists keys, without their secrets.",
    can: "key:read",
    status: 200,
    output: pageOf(keyView),
    handle: async (scope, { params }) => whole(await (await openPlane(scope, at(params, "environment"))).listKeys()),
  }),
  tenantRoute({
    method: "POST",
    path: "/environments/{environment}/keys",
    summary: "Creates a key; `secret` is in this answer only.",
    can: "key:write",
    body: keyInput,
    status: 201,
    output: keyCreated,
    handle: async (scope, { params, body }) => (await openPlane(scope, at(params, "environment"))).createKey(body),
  }),
  tenantRoute({
    method: "GET",
    path: "/environments/{environment}/keys/{key}",
    summary: "Reads a key, without its secret.",
    can: "key:read",
    status: 200,
    output: keyView,
    handle: async (scope, { params }) => (await openPlane(scope, at(params, "environment"))).getKey(at(params, "key")),
  }),
  tenantRoute({
    method: "PUT",
    path: "/environments/{environment}/keys/{key}",
    summary: "Replaces what a key may do, on every node; `version` guards against overwriting another's change.",
    can: "key:write",
    query: z.strictObject({ version: z.coerce.number().int().min(1) }),
    body: keyInput,
    status: 200,
    output: keyView,
    handle: async (scope, { params, query, body }) =>
      (await openPlane(scope, at(params, "environment"))).updateKey(at(params, "key"), query.version, body),
  }),
  tenantRoute({
    method: "DELETE",
    path: "/environments/{environment}/keys/{key}",
    summary: "Revokes a key on every node.",
    can: "key:write",
    status: 204,
    handle: async (scope, { params }) =>
      (await openPlane(scope, at(params, "environment"))).revokeKey(at(params, "key")),
  }),
  tenantRoute({
    method: "GET",
    path: "/environments/{environment}/analytics",
    summary: "Reports calls by time, API, operation, key and status, with percentiles.",
    can: "analytics:read",
    query: analyticsQuery,
    status: 200,
    output: analyticsReport,
    handle: async (scope, { params, query }) => {
      const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
      return (await openPlane(scope, at(params, "environment"))).report(Object.fromEntries(given));
    },
  }),
];
