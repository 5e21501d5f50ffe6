import { z } from "zod";
import {
  apiTokenCreated,
  apiTokenView,
  auditVerdict,
  estimate,
  memberView,
  organisationView,
  regionView,
} from "#contracts/console/views.ts";
import { auditView } from "#contracts/plane/entities.ts";
import { role } from "#contracts/plane/claims.ts";
import { pageOf } from "#contracts/problem.ts";
import { createApiToken, listApiTokens, revokeApiToken } from "../../api-tokens/api-tokens.ts";
import { listActivity } from "../../audit/list-environment-activity.ts";
import { verifyAudit } from "../../audit/verify-audit.ts";
import { describeOrg, listMembers } from "../../orgs/open-org.ts";
import { estimateCost, findRegion } from "../../regions/regions.ts";
import { nothing, orgProcedure, router, sessionProcedure } from "../procedures.ts";

export const organisationRouter = router({
  get: orgProcedure({ can: "organisation:read" })
    .output(organisationView)
    .query(({ ctx }) => describeOrg(ctx.scope)),
});

export const memberRouter = router({
  list: orgProcedure({ can: "member:read" })
    .output(z.array(memberView))
    .query(({ ctx }) => listMembers(ctx.scope)),
});

export const regionRouter = router({
  list: sessionProcedure
    .output(z.object({ items: z.array(regionView) }))
    .query(({ ctx }) => ({ items: ctx.deps.regions.map(({ target: _target, ...shown }) => shown) })),
  estimate: sessionProcedure
    .input(z.object({ region: z.string(), nodes: z.int().min(0).max(8), controlPlane: z.boolean().default(true) }))
    .output(estimate)
    .query(({ ctx, input }) => estimateCost(findRegion(ctx.deps.regions, input.region, "region"), input)),
});

export const auditRouter = router({
  list: orgProcedure({ can: "audit:read" })
    .input(z.object({ environment: z.string().optional(), cursor: z.string().max(60).optional() }))
    .output(pageOf(auditView))
    .query(({ ctx, input }) => listActivity(ctx.scope, input)),
  verify: orgProcedure({ can: "audit:read" })
    .output(auditVerdict)
    .query(({ ctx }) => verifyAudit(ctx.scope)),
});

export const apiTokenRouter = router({
  list: orgProcedure({ can: "apiToken:read" })
    .output(z.array(apiTokenView))
    .query(({ ctx }) => listApiTokens(ctx.scope)),
  create: orgProcedure({ can: "apiToken:write", fresh: true })
    .input(
      z.object({
        name: z.string().trim().min(1, "name the token after what uses it").max(80),
        role,
        expiresInDays: z.int().min(1).max(365).nullable().default(90),
      }),
    )
    .output(apiTokenCreated)
    .mutation(({ ctx, input }) => createApiToken(ctx.scope, input)),
  revoke: orgProcedure({ can: "apiToken:write" })
    .input(z.object({ token: z.string() }))
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await revokeApiToken(ctx.scope, input.token);
      return {};
    }),
});
