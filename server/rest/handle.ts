import { z } from "zod";
import { AppError, messageOf } from "#base/errors.ts";
import { newId } from "#base/id.ts";
import { problemHeaders, problemOf } from "#base/problem.ts";
import { scopeOfApiToken } from "../api-tokens/scope-of-api-token.ts";
import { addressOf } from "../auth/trusted-proxies.ts";
import { consoleDeps, type Deps } from "../deps.ts";
import { demand, type OrgScope } from "../scope.ts";
import { openApiDocument } from "./openapi.ts";
import { bearerOf, matchPath, parseInput, readBody } from "./read-request.ts";
import type { NodeRoute, PathParams, TenantRoute } from "./route.ts";
import { nodeRoutes, tenantRoutes } from "./routes/index.ts";
import { followRunAsSse, RUN_EVENTS_PATH } from "./run-events.ts";

const PREFIX = "/api/v1";

/** The public REST API: bearer API tokens, problem+json errors, the services of the console. */
export async function handleRest(request: Request): Promise<Response> {
  return answerRest(await consoleDeps(), request);
}

export async function answerRest(deps: Deps, request: Request): Promise<Response> {
  const requestId = newId("req", deps.clock.now(), deps.random);
  try {
    return await dispatch(deps, request, requestId);
  } catch (error) {
    const known =
      error instanceof AppError
        ? error
        : new AppError("internal", "Something went wrong on our side.", { cause: error });
    if (known.code === "internal" || known.detail)
      deps.log.warn({ err: error, detail: known.detail, requestId }, `rest: ${messageOf(error)}`);
    const problem = problemOf(known, requestId);
    return Response.json(problem, { status: problem.status, headers: problemHeaders(known) });
  }
}

async function dispatch(deps: Deps, request: Request, requestId: string): Promise<Response> {
  const { pathname } = new URL(request.url);
  const path = pathname.slice(PREFIX.length);
  if (path === "/openapi.json" && request.method === "GET")
    return Response.json(openApiDocument(deps.env.CAUSEWAY_PUBLIC_URL));
  const node = nodeRoutes.find((route) => route.path === path && route.method === request.method);
  if (node) return answerNodeRoute(deps, node, request);
  const scope = await scopeOfApiToken(deps, bearerOf(request));
  const events = matchPath(RUN_EVENTS_PATH, path);
  if (events && request.method === "GET") {
    demand(scope.role, "organisation:read");
    return followRunAsSse(scope, events.run!, request);
  }
  const known = tenantRoutes.flatMap((route) => {
    const params = matchPath(route.path, path);
    return params ? [{ route, params }] : [];
  });
  if (known.length === 0)
    throw new AppError("not_found", "There is no such path in the API. See /api/v1/openapi.json.");
  const found = known.find(({ route }) => route.method === request.method);
  return found
    ? answerTenantRoute(scope, found.route, found.params, request)
    : refuseMethod(
        known.map(({ route }) => route.method),
        requestId,
      );
}

async function answerNodeRoute(deps: Deps, route: NodeRoute, request: Request): Promise<Response> {
  const body = await readBody(request, route.body!);
  // `tenantRoute` and `nodeRoute` tied each handler to its own schemas; the table has forgotten which.
  const address = addressOf(request.headers, deps.env.CAUSEWAY_TRUSTED_PROXIES);
  const output = await route.handle(deps, { body: body as never, address });
  return Response.json(route.output!.parse(output), { status: route.status });
}

/** A route without a query takes none: a misspelt filter must not pass for no filter. */
const noQuery = z.strictObject({});

async function answerTenantRoute(
  scope: OrgScope,
  route: TenantRoute,
  params: PathParams,
  request: Request,
): Promise<Response> {
  demand(scope.role, route.can);
  const query = parseInput(route.query ?? noQuery, Object.fromEntries(new URL(request.url).searchParams));
  const body = route.body ? await readBody(request, route.body) : undefined;
  const output = await route.handle(scope, { params, query: query as never, body: body as never });
  if (route.status === 204) return new Response(null, { status: 204 });
  return Response.json(route.output!.parse(output), { status: route.status });
}

/** RFC 9110, 15.5.6. */
function refuseMethod(allowed: string[], requestId: string): Response {
  const allow = allowed.join(", ");
  const error = new AppError("invalid", `This path takes ${allow}.`);
  const headers = { ...problemHeaders(error), allow };
  return Response.json({ ...problemOf(error, requestId), status: 405 }, { status: 405, headers });
}
