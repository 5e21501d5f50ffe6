import { z } from "zod";
import { environmentView, regionView, runDetail } from "#contracts/console/views.ts";
import { environmentId, runId, slug } from "#contracts/ids.ts";
import { pageOf } from "#contracts/problem.ts";
import { createEnvironment } from "../../environments/create-environment.ts";
import { destroyEnvironment } from "../../environments/destroy-environment.ts";
import { getEnvironment, listEnvironments } from "../../environments/view-environment.ts";
import { getRun } from "../../runs/view-run.ts";
import { newEnvironment } from "../../trpc/routers/environment.ts";
import { tenantRoute, type TenantRoute } from "../route.ts";
import { at, confirmation, whole } from "./parts.ts";

/** Regions, environments and runs. */
export const environmentRoutes: TenantRoute[] = [
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
    path: "/runs/{run}",
    summary: "Reads a run with its steps.",
    can: "organisation:read",
    status: 200,
    output: runDetail,
    handle: (scope, { params }) => getRun(scope, at(params, "run")),
  }),
];
