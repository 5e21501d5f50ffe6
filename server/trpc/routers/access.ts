import { z } from "zod";
import { analyticsQuery, analyticsReport } from "#contracts/plane/analytics.ts";
import { keyCreated, keyInput, keyView, policyInput, policyView } from "#contracts/plane/entities.ts";
import { openPlane } from "../../planes/open-plane.ts";
import { environmentInput, nothing, orgProcedure, router } from "../procedures.ts";

const onePolicy = environmentInput.extend({ policy: z.string() });

export const policyRouter = router({
  list: orgProcedure({ can: "policy:read" })
    .input(environmentInput)
    .output(z.array(policyView))
    .query(async ({ ctx, input }) => (await openPlane(ctx.scope, input.environment)).listPolicies()),
  get: orgProcedure({ can: "policy:read" })
    .input(onePolicy)
    .output(policyView)
    .query(async ({ ctx, input }) => (await openPlane(ctx.scope, input.environment)).getPolicy(input.policy)),
  create: orgProcedure({ can: "policy:write" })
    .input(environmentInput.extend(policyInput.shape))
    .output(policyView)
    .mutation(async ({ ctx, input: { org: _org, environment, ...policy } }) =>
      (await openPlane(ctx.scope, environment)).createPolicy(policy),
    ),
  update: orgProcedure({ can: "policy:write" })
    .input(onePolicy.extend({ version: z.int().min(1), ...policyInput.shape }))
    .output(policyView)
    .mutation(async ({ ctx, input: { org: _org, environment, policy, version, ...body } }) =>
      (await openPlane(ctx.scope, environment)).updatePolicy(policy, version, body),
    ),
  delete: orgProcedure({ can: "policy:write" })
    .input(onePolicy)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await (await openPlane(ctx.scope, input.environment)).deletePolicy(input.policy);
      return {};
    }),
});

export const keyRouter = router({
  list: orgProcedure({ can: "key:read" })
    .input(environmentInput)
    .output(z.array(keyView))
    .query(async ({ ctx, input }) => (await openPlane(ctx.scope, input.environment)).listKeys()),
  create: orgProcedure({ can: "key:write" })
    .input(environmentInput.extend(keyInput.shape))
    .output(keyCreated)
    .mutation(async ({ ctx, input: { org: _org, environment, ...key } }) =>
      (await openPlane(ctx.scope, environment)).createKey(key),
    ),
  revoke: orgProcedure({ can: "key:write" })
    .input(environmentInput.extend({ key: z.string() }))
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await (await openPlane(ctx.scope, input.environment)).revokeKey(input.key);
      return {};
    }),
});

export const analyticsRouter = router({
  report: orgProcedure({ can: "analytics:read" })
    .input(environmentInput.extend(analyticsQuery.shape))
    .output(analyticsReport)
    .query(async ({ ctx, input: { org: _org, environment, ...query } }) => {
      const plane = await openPlane(ctx.scope, environment);
      return plane.report(Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)));
    }),
});
