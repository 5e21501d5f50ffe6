import { z } from "zod";
import {
  clusterDetail,
  deploymentView,
  enrolmentTokenCreated,
  enrolmentTokenView,
  nodeView,
} from "#contracts/console/views.ts";
import { deploymentId, runId } from "#contracts/ids.ts";
import { pageOf } from "#contracts/problem.ts";
import { createCloudCluster, createHybridCluster } from "../../clusters/create-cluster.ts";
import { destroyCluster } from "../../clusters/destroy-cluster.ts";
import { getCluster } from "../../clusters/view-cluster.ts";
import { getEnvironment } from "../../environments/view-environment.ts";
import { createEnrolmentToken } from "../../tokens/create-enrolment-token.ts";
import { listEnrolmentTokens, revokeEnrolmentToken } from "../../tokens/list-enrolment-tokens.ts";
import { newCloudCluster, newEnrolmentToken, newHybridCluster } from "../../trpc/routers/cluster.ts";
import { tenantRoute, type TenantRoute } from "../route.ts";
import { at, confirmation, whole } from "./parts.ts";

const newCluster = z.discriminatedUnion("kind", [
  newCloudCluster.extend({ kind: z.literal("cloud") }).strict(),
  newHybridCluster.extend({ kind: z.literal("hybrid") }).strict(),
]);

/** Clusters, their nodes and enrolment tokens. */
export const clusterRoutes: TenantRoute[] = [
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
];
