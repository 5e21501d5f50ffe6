import { z } from "zod";
import {
  clusterDetail,
  deploymentView,
  enrolmentTokenCreated,
  enrolmentTokenView,
  environmentView,
  nodeView,
  regionView,
  runDetail,
} from "#contracts/console/views.ts";
import { deploymentId, environmentId, runId, slug } from "#contracts/ids.ts";
import {
  challengeRequest,
  challengeResponse,
  enrolRequest,
  enrolResponse,
  renewRequest,
  renewResponse,
} from "#contracts/link/enrolment.ts";
import { analyticsQuery, analyticsReport } from "#contracts/plane/analytics.ts";
import { apiDetail, apiInput, apiView } from "#contracts/plane/apis.ts";
import { keyCreated, keyInput, keyView, policyInput, policyView } from "#contracts/plane/entities.ts";
import { pageOf } from "#contracts/problem.ts";
import { createApi, listApis } from "../apis/apis.ts";
import { createCloudCluster, createHybridCluster } from "../clusters/create-cluster.ts";
import { destroyCluster } from "../clusters/destroy-cluster.ts";
import { getCluster } from "../clusters/view-cluster.ts";
import { createEnvironment } from "../environments/create-environment.ts";
import { destroyEnvironment } from "../environments/destroy-environment.ts";
import { getEnvironment, listEnvironments } from "../environments/view-environment.ts";
import { enrolNode } from "../link/enrol-node.ts";
import { challengeNode, renewNode } from "../link/renew-node.ts";
import { openPlane } from "../planes/open-plane.ts";
import { getRun } from "../runs/view-run.ts";
import { createEnrolmentToken } from "../tokens/create-enrolment-token.ts";
import { listEnrolmentTokens, revokeEnrolmentToken } from "../tokens/list-enrolment-tokens.ts";
import { newApi } from "../trpc/routers/api.ts";
import { newCloudCluster, newEnrolmentToken, newHybridCluster } from "../trpc/routers/cluster.ts";
import { newEnvironment } from "../trpc/routers/environment.ts";
import { nodeRoute, tenantRoute, type NodeRoute, type TenantRoute } from "./route.ts";

/** These lists are short by their limits and come whole; the shape leaves room for pages. */
const whole = <T>(items: T[]) => ({ items, nextCursor: null });
const at = (params: Record<string, string>, name: string): string => params[name]!;
const confirmation = z.strictObject({
  confirm: z.string().describe("The name of what is destroyed, as a confirmation."),
});

const newCluster = z.discriminatedUnion("kind", [
  newCloudCluster.extend({ kind: z.literal("cloud") }).strict(),
  newHybridCluster.extend({ kind: z.literal("hybrid") }).strict(),
]);

export const tenantRoutes: TenantRoute[] = [
  tenantRoute({
    method: "GET",
    path: "/regions",
    summary: "Lists the regions of this cloud.",
    can: "organisation:read",
    status: 200,
    output: pageOf(regionView),
    handle: async (scope) => whole(scope.deps.regions.map(({ target: _target, ...shown }) => shown)),
  }),
  tenantRoute({
    method: "GET",
    path: "/environments",
    summary: "Lists environments with their deployments.",
    can: "organisation:read",
    status: 200,
    output: pageOf(environmentView),
    handle: async (scope) => whole(await listEnvironments(scope)),
  }),
  tenantRoute({
    method: "POST",
    path: "/environments",
    summary: "Creates an environment: provisions its control plane and home cluster.",
    can: "environment:create",
    body: newEnvironment.strict(),
    status: 202,
    output: z.object({ environment: environmentId, slug, run: runId, clusterRun: runId }),
    handle: async (scope, { body }) => {
      const { id, environment, run, clusterRun } = await createEnvironment(scope, body);
      return { environment: id, slug: environment, run, clusterRun };
    },
  }),
  tenantRoute({
    method: "GET",
    path: "/environments/{environment}",
    summary: "Reads an environment, by id or slug.",
    can: "organisation:read",
    status: 200,
    output: environmentView,
    handle: (scope, { params }) => getEnvironment(scope, at(params, "environment")),
  }),
  tenantRoute({
    method: "DELETE",
    path: "/environments/{environment}",
    summary: "Destroys an environment: clusters first, control plane last.",
    can: "environment:destroy",
    query: confirmation,
    status: 202,
    output: z.object({ run: runId, runs: z.array(runId) }),
    handle: async (scope, { params, query }) => {
      const { runs } = await destroyEnvironment(scope, {
        environment: at(params, "environment"),
        confirm: query.confirm,
      });
      return { run: runs.at(-1), runs };
    },
  }),
  tenantRoute({
    method: "GET",
    path: "/environments/{environment}/clusters",
    summary: "Lists the clusters of an environment.",
    can: "organisation:read",
    status: 200,
    output: pageOf(deploymentView),
    handle: async (scope, { params }) => whole((await getEnvironment(scope, at(params, "environment"))).clusters),
  }),
  tenantRoute({
    method: "POST",
    path: "/environments/{environment}/clusters",
    summary: "Creates a cloud cluster (provisioned) or a hybrid cluster (with a first enrolment token).",
    can: "cluster:create",
    body: newCluster,
    status: 202,
    output: z.object({ cluster: deploymentId, run: runId.nullable(), enrolment: enrolmentTokenCreated.nullable() }),
    handle: async (scope, { params, body }) => {
      const environment = at(params, "environment");
      if (body.kind === "hybrid") {
        const made = await createHybridCluster(scope, { environment, name: body.name, tags: body.tags });
        return { ...made, run: null };
      }
      const { name, region, nodes, tags } = body;
      return { ...(await createCloudCluster(scope, { environment, name, region, nodes, tags })), enrolment: null };
    },
  }),
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
  tenantRoute({
    method: "GET",
    path: "/clusters/{cluster}",
    summary: "Reads a cluster with its nodes.",
    can: "organisation:read",
    status: 200,
    output: clusterDetail,
    handle: (scope, { params }) => getCluster(scope, { cluster: at(params, "cluster") }),
  }),
  tenantRoute({
    method: "DELETE",
    path: "/clusters/{cluster}",
    summary: "Destroys a cluster.",
    can: "cluster:destroy",
    query: confirmation,
    status: 202,
    output: z.object({ run: runId }),
    handle: (scope, { params, query }) =>
      destroyCluster(scope, { cluster: at(params, "cluster"), confirm: query.confirm }),
  }),
  tenantRoute({
    method: "GET",
    path: "/clusters/{cluster}/nodes",
    summary: "Lists nodes: what each says it runs, and since when.",
    can: "organisation:read",
    status: 200,
    output: pageOf(nodeView),
    handle: async (scope, { params }) => whole((await getCluster(scope, { cluster: at(params, "cluster") })).nodes),
  }),
  tenantRoute({
    method: "GET",
    path: "/clusters/{cluster}/enrolment-tokens",
    summary: "Lists enrolment tokens, without the tokens themselves.",
    can: "enrolment:read",
    status: 200,
    output: pageOf(enrolmentTokenView),
    handle: async (scope, { params }) => whole(await listEnrolmentTokens(scope, { cluster: at(params, "cluster") })),
  }),
  tenantRoute({
    method: "POST",
    path: "/clusters/{cluster}/enrolment-tokens",
    summary: "Creates an enrolment token for a hybrid cluster; `token` is in this answer only.",
    can: "enrolment:write",
    body: newEnrolmentToken.strict(),
    status: 201,
    output: enrolmentTokenCreated,
    handle: (scope, { params, body }) => createEnrolmentToken(scope, { ...body, cluster: at(params, "cluster") }),
  }),
  tenantRoute({
    method: "DELETE",
    path: "/clusters/{cluster}/enrolment-tokens/{token}",
    summary: "Revokes an enrolment token at once.",
    can: "enrolment:write",
    status: 204,
    handle: (scope, { params }) =>
      revokeEnrolmentToken(scope, { cluster: at(params, "cluster"), token: at(params, "token") }),
  }),
  tenantRoute({
    method: "GET",
    path: "/runs/{run}",
    summary: "Reads a run with its steps.",
    can: "organisation:read",
    status: 200,
    output: runDetail,
    handle: (scope, { params }) => getRun(scope, at(params, "run")),
  }),
];

export const nodeRoutes: NodeRoute[] = [
  nodeRoute({
    method: "POST",
    path: "/link/enrol",
    summary: "Takes a node into a cluster against an enrolment token.",
    body: enrolRequest,
    status: 200,
    output: enrolResponse,
    handle: (deps, { body, address }) => enrolNode(deps, body, address),
  }),
  nodeRoute({
    method: "POST",
    path: "/link/challenge",
    summary: "Gives a challenge that a node signs to renew its credential.",
    body: challengeRequest,
    status: 200,
    output: challengeResponse,
    handle: async (deps, { body }) => challengeNode(deps, body.node),
  }),
  nodeRoute({
    method: "POST",
    path: "/link/renew",
    summary: "Renews a node's credential against a signature by its key.",
    body: renewRequest,
    status: 200,
    output: renewResponse,
    handle: (deps, { body, address }) => renewNode(deps, body, address),
  }),
];
