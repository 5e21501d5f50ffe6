import { z } from "zod";
import { clusterDetail, enrolmentTokenCreated, enrolmentTokenView } from "#contracts/console/views.ts";
import { deploymentId, runId, tag } from "#contracts/ids.ts";
import { createCloudCluster, createHybridCluster } from "../../clusters/create-cluster.ts";
import { destroyCluster } from "../../clusters/destroy-cluster.ts";
import { getCluster, retireNode } from "../../clusters/view-cluster.ts";
import { createEnrolmentToken } from "../../tokens/create-enrolment-token.ts";
import { listEnrolmentTokens, revokeEnrolmentToken } from "../../tokens/list-enrolment-tokens.ts";
import { clusterInput, environmentInput, nothing, orgProcedure, router } from "../procedures.ts";

const name = z.string().trim().min(1, "name the cluster").max(60);
const tags = z.array(tag).max(20).default([]);

export const newCloudCluster = z.object({
  name,
  region: z.string().min(1, "choose a region"),
  nodes: z.int().min(1).max(8).default(1),
  tags,
});
export const newHybridCluster = z.object({ name, tags });
export const newEnrolmentToken = z.object({
  name: z.string().trim().min(1).max(60).default("Nodes"),
  expiresInHours: z.int().min(1).max(720).default(24),
  maxUses: z.int().min(1).max(10_000).nullable().default(null),
});

export const clusterRouter = router({
  get: orgProcedure({ can: "organisation:read" })
    .input(clusterInput)
    .output(clusterDetail)
    .query(({ ctx, input }) => getCluster(ctx.scope, input)),
  createCloud: orgProcedure({ can: "cluster:create" })
    .input(environmentInput.extend(newCloudCluster.shape))
    .output(z.object({ cluster: deploymentId, run: runId }))
    .mutation(({ ctx, input }) => createCloudCluster(ctx.scope, input)),
  createHybrid: orgProcedure({ can: "cluster:create" })
    .input(environmentInput.extend(newHybridCluster.shape))
    .output(z.object({ cluster: deploymentId, enrolment: enrolmentTokenCreated }))
    .mutation(({ ctx, input }) => createHybridCluster(ctx.scope, input)),
  destroy: orgProcedure({ can: "cluster:destroy", fresh: true })
    .input(clusterInput.extend({ confirm: z.string() }))
    .output(z.object({ run: runId }))
    .mutation(({ ctx, input }) => destroyCluster(ctx.scope, input)),
  retireNode: orgProcedure({ can: "node:retire" })
    .input(clusterInput.extend({ node: z.string() }))
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await retireNode(ctx.scope, input);
      return {};
    }),
});

export const enrolmentRouter = router({
  list: orgProcedure({ can: "enrolment:read" })
    .input(clusterInput)
    .output(z.array(enrolmentTokenView))
    .query(({ ctx, input }) => listEnrolmentTokens(ctx.scope, input)),
  create: orgProcedure({ can: "enrolment:write" })
    .input(clusterInput.extend(newEnrolmentToken.shape))
    .output(enrolmentTokenCreated)
    .mutation(({ ctx, input }) => createEnrolmentToken(ctx.scope, input)),
  revoke: orgProcedure({ can: "enrolment:write" })
    .input(clusterInput.extend({ token: z.string() }))
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await revokeEnrolmentToken(ctx.scope, input);
      return {};
    }),
});
