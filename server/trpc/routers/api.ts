import { z } from "zod";
import { apiDetailView, settingsMember } from "#contracts/console/views.ts";
import { apiDetail, apiPreview, apiView } from "#contracts/plane/apis.ts";
import { revisionView } from "#contracts/plane/entities.ts";
import { createApi, listApis, previewApi } from "../../apis/apis.ts";
import { settingsMembers } from "../../apis/settings-members.ts";
import { withWritten } from "../../apis/written-settings.ts";
import { openPlane } from "../../planes/open-plane.ts";
import { environmentInput, nothing, orgProcedure, router } from "../procedures.ts";

const oneApi = environmentInput.extend({ api: z.string() });
const source = { document: z.string().max(5_000_000).optional(), url: z.url("expected a URL").optional() };

/** Raw on purpose: short forms are parsed by the control plane, whose errors name the field. */
export const apiSettingsInput = z.record(z.string(), z.unknown());

export const newApi = z.object({
  name: z.string().trim().min(1).max(100).optional(),
  ...source,
  upstreamUrl: z.url({ protocol: /^https?$/, error: "expected an http:// or https:// URL" }).optional(),
  listenPath: z.string().startsWith("/", "starts with /").max(1_024).optional(),
  auth: z.enum(["none", "key"]).optional(),
  rate: z.string().max(40).optional(),
  tags: z.array(z.string()).max(50).optional(),
  settings: apiSettingsInput.optional(),
});

export const apiRouter = router({
  list: orgProcedure({ can: "api:read" })
    .input(environmentInput.extend({ search: z.string().max(100).optional() }))
    .output(z.array(apiView))
    .query(({ ctx, input }) => listApis(ctx.scope, input)),
  get: orgProcedure({ can: "api:read" })
    .input(oneApi)
    .output(apiDetailView)
    .query(async ({ ctx, input }) =>
      withWritten(await (await openPlane(ctx.scope, input.environment)).getApi(input.api)),
    ),
  settingsMembers: orgProcedure({ can: "api:read" })
    .output(z.array(settingsMember))
    .query(() => settingsMembers()),
  preview: orgProcedure({ can: "api:write" })
    .input(environmentInput.extend(source))
    .output(apiPreview)
    .mutation(({ ctx, input }) => previewApi(ctx.scope, input)),
  create: orgProcedure({ can: "api:write" })
    .input(environmentInput.extend(newApi.shape))
    .output(apiDetail)
    .mutation(({ ctx, input }) => createApi(ctx.scope, input)),
  update: orgProcedure({ can: "api:write" })
    .input(oneApi.extend({ version: z.int().min(1), settings: apiSettingsInput }))
    .output(apiDetailView)
    .mutation(async ({ ctx, input }) => {
      const plane = await openPlane(ctx.scope, input.environment);
      return withWritten(await plane.updateApi(input.api, input.version, input.settings));
    }),
  delete: orgProcedure({ can: "api:write" })
    .input(oneApi)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await (await openPlane(ctx.scope, input.environment)).deleteApi(input.api);
      return {};
    }),
});

export const revisionRouter = router({
  list: orgProcedure({ can: "api:read" })
    .input(environmentInput)
    .output(z.array(revisionView))
    .query(async ({ ctx, input }) => (await openPlane(ctx.scope, input.environment)).listRevisions()),
});
