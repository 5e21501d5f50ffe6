import { z } from "zod";
import { AppError, httpStatusOf, messageOf } from "#base/errors.ts";
import { newId } from "#base/id.ts";
import { scopeOfApiToken } from "../api-tokens/api-tokens.ts";
import { addressOf } from "../auth/request-facts.ts";
import { consoleDeps, type Deps } from "../deps.ts";
import { demand } from "../scope.ts";
import { fieldsOf } from "../trpc/errors.ts";
import { openApiDocument } from "./openapi.ts";
import { followRunAsSse } from "./run-events.ts";
import { nodeRoutes, tenantRoutes } from "./routes.ts";
import type { PathParams } from "./route.ts";

const PREFIX = "/api/v1";
const MAX_BODY_BYTES = 6_000_000;

/** The public REST API: bearer API tokens, problem+json errors, the services of the console. */
export async function handleRest(request: Request): Promise<Response> {
  return answerRest(await consoleDeps(), request);
}

export async function answerRest(deps: Deps, request: Request): Promise<Response> {
  const requestId = newId("req", deps.clock.now(), deps.random);
  try {
    return await dispatch(deps, request);
  } catch (error) {
    const problem =
      error instanceof AppError
        ? error
        : new AppError("internal", "Something went wrong on our side.", { cause: error });
    if (problem.code === "internal" || problem.detail)
      deps.log.warn({ err: error, detail: problem.detail, requestId }, `rest: ${messageOf(error)}`);
    return problemResponse(problem, requestId);
  }
}

async function dispatch(deps: Deps, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const path = url.pathname.slice(PREFIX.length);
  if (path === "/openapi.json" && request.method === "GET")
    return Response.json(openApiDocument(deps.env.CAUSEWAY_PUBLIC_URL));
  const node = nodeRoutes.find((route) => route.path === path && route.method === request.method);
  if (node) {
    const body = await readBody(request, node.body!);
    return Response.json(await node.handle(deps, { body: body as never, address: addressOf(request.headers) }));
  }
  const scope = await scopeOfApiToken(deps, bearerOf(request));
  const events = matchPath("/runs/{run}/events", path);
  if (events && request.method === "GET") {
    demand(scope.role, "organisation:read");
    return followRunAsSse(scope, events.run!, request);
  }
  const known = tenantRoutes
    .map((route) => ({ route, params: matchPath(route.path, path) }))
    .filter(({ params }) => params);
  if (known.length === 0)
    throw new AppError("not_found", "There is no such path in the API. See /api/v1/openapi.json.");
  const found = known.find(({ route }) => route.method === request.method);
  if (!found) {
    const allow = known.map(({ route }) => route.method).join(", ");
    throw new AppError("invalid", `This path takes ${allow}.`);
  }
  const { route, params } = found;
  demand(scope.role, route.can);
  const query = route.query ? parse(route.query, Object.fromEntries(url.searchParams)) : {};
  const body = route.body ? await readBody(request, route.body) : undefined;
  const output = await route.handle(scope, { params: params!, query: query as never, body: body as never });
  if (route.status === 204) return new Response(null, { status: 204 });
  return Response.json(route.output!.parse(output), { status: route.status });
}

export function matchPath(template: string, path: string): PathParams | undefined {
  const wanted = template.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const params: PathParams = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index]!;
    if (!segment.startsWith("{")) {
      if (segment !== value) return undefined;
      continue;
    }
    params[segment.slice(1, -1)] = decodeURIComponent(value);
  }
  return params;
}

function bearerOf(request: Request): string {
  const header = request.headers.get("authorization") ?? "";
  if (!/^Bearer \S+$/i.test(header))
    throw new AppError(
      "unauthenticated",
      "Send an API token as Authorization: Bearer cwy_pat_…. Create one in the organisation's settings.",
    );
  return header.slice("Bearer ".length);
}

async function readBody(request: Request, schema: z.ZodType): Promise<unknown> {
  const text = await request.text();
  if (text.length > MAX_BODY_BYTES) throw new AppError("too_large", "The body is larger than 6 MB.");
  let value: unknown;
  try {
    value = JSON.parse(text || "{}");
  } catch (error) {
    throw new AppError("invalid", `The body is not JSON: ${messageOf(error)}.`);
  }
  return parse(schema, value);
}

function parse(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AppError("invalid", "Some fields need a change.", { fields: fieldsOf(result.error) });
}

function problemResponse(error: AppError, requestId: string): Response {
  const status = httpStatusOf[error.code];
  const headers = new Headers({ "content-type": "application/problem+json" });
  if (error.retryAfterSeconds) headers.set("retry-after", String(error.retryAfterSeconds));
  if (status === 401) headers.set("www-authenticate", 'Bearer realm="causeway"');
  const body = {
    type: `urn:causeway:problem:${error.code}`,
    title: error.message,
    status,
    code: error.code,
    detail: error.message,
    requestId,
    ...(error.fields.length > 0 ? { fields: error.fields } : {}),
  };
  return new Response(JSON.stringify(body), { status, headers });
}
