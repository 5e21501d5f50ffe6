import { z } from "zod";
import { keyDetailView, policyDetailView, settingsMember } from "#contracts/console/views.ts";
import { analyticsQuery, analyticsReport } from "#contracts/plane/analytics.ts";
import { keyCreated, keyView, policyView } from "#contracts/plane/entities.ts";
import { keyMembers, policyMembers, withWrittenKey, withWrittenPolicy } from "../../access/written-access.ts";
import { openPlane } from "../../planes/open-plane.ts";
import { environmentInput, nothing, orgProcedure, router } from "../procedures.ts";

const onePolicy = environmentInput.extend({ policy: z.string() });
const oneKey = environmentInput.extend({ key: z.string() });
/** Raw on purpose: what was typed is parsed by the control plane, which names a member that it does not know. */
const settings = { settings: z.record(z.string(), z.unknown()) };
const change = { version: z.int().min(1), ...settings };

export const policyRouter = router({
  list: orgProcedure({ can: "policy:read" })
    .input(environmentInput)
    .output(z.array(policyView))
    .query(async ({ ctx, input }) => (await openPlane(ctx.scope, input.environment)).listPolicies()),
  get: orgProcedure({ can: "policy:read" })
    .input(onePolicy)
    .output(policyDetailView)
    .query(async ({ ctx, input }) =>
      withWrittenPolicy(await (await openPlane(ctx.scope, input.environment)).getPolicy(input.policy)),
    ),
  settingsMembers: orgProcedure({ can: "policy:read" })
    .output(z.array(settingsMember))
    .query(() => policyMembers()),
  create: orgProcedure({ can: "policy:write" })
    .input(environmentInput.extend(settings))
    .output(policyView)
    .mutation(async ({ ctx, input }) => (await openPlane(ctx.scope, input.environment)).createPolicy(input.settings)),
  update: orgProcedure({ can: "policy:write" })
    .input(onePolicy.extend(change))
    .output(policyDetailView)
    .mutation(async ({ ctx, input }) => {
      const plane = await openPlane(ctx.scope, input.environment);
      return withWrittenPolicy(await plane.updatePolicy(input.policy, input.version, input.settings));
    }),
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
  get: orgProcedure({ can: "key:read" })
    .input(oneKey)
    .output(keyDetailView)
    .query(async ({ ctx, input }) =>
      withWrittenKey(await (await openPlane(ctx.scope, input.environment)).getKey(input.key)),
    ),
  settingsMembers: orgProcedure({ can: "key:read" })
    .output(z.array(settingsMember))
    .query(() => keyMembers()),
  create: orgProcedure({ can: "key:write" })
    .input(environmentInput.extend(settings))
    .output(keyCreated)
    .mutation(async ({ ctx, input }) => (await openPlane(ctx.scope, input.environment)).createKey(input.settings)),
  update: orgProcedure({ can: "key:write" })
    .input(oneKey.extend(change))
    .output(keyDetailView)
    .mutation(async ({ ctx, input }) => {
      const plane = await openPlane(ctx.scope, input.environment);
      return withWrittenKey(await plane.updateKey(input.key, input.version, input.settings));
    }),
  revoke: orgProcedure({ can: "key:write" })
    .input(oneKey)
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
