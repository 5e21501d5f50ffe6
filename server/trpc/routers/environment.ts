import { z } from "zod";
import { environmentView } from "#contracts/console/views.ts";
import { environmentKind } from "#contracts/deployment/deployment.ts";
import { runId, slug } from "#contracts/ids.ts";
import { createEnvironment } from "../../environments/create-environment.ts";
import { destroyEnvironment } from "../../environments/destroy-environment.ts";
import { getEnvironment, listEnvironments } from "../../environments/view-environment.ts";
import { environmentInput, orgProcedure, router } from "../procedures.ts";

export const newEnvironment = z.object({
  name: z.string().trim().min(1, "name the environment").max(60),
  kind: environmentKind.default("development"),
  homeRegion: z.string().min(1, "choose a home region"),
});

export const environmentRouter = router({
  list: orgProcedure({ can: "organisation:read" })
    .output(z.array(environmentView))
    .query(({ ctx }) => listEnvironments(ctx.scope)),
  get: orgProcedure({ can: "organisation:read" })
    .input(environmentInput)
    .output(environmentView)
    .query(({ ctx, input }) => getEnvironment(ctx.scope, input.environment)),
  create: orgProcedure({ can: "environment:create" })
    .input(newEnvironment)
    .output(z.object({ environment: slug, run: runId }))
    .mutation(({ ctx, input }) => createEnvironment(ctx.scope, input)),
  destroy: orgProcedure({ can: "environment:destroy", fresh: true })
    .input(environmentInput.extend({ confirm: z.string() }))
    .output(z.object({ runs: z.array(runId) }))
    .mutation(({ ctx, input }) => destroyEnvironment(ctx.scope, input)),
});
