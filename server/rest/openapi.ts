import { z } from "zod";
import { problem } from "#contracts/problem.ts";
import { nodeRoutes, tenantRoutes } from "./routes/index.ts";
import { RUN_EVENTS_PATH } from "./run-events.ts";
import type { NodeRoute, TenantRoute } from "./route.ts";

/** The OpenAPI 3.1 document of `/api/v1`, made from the routes themselves. */
export function openApiDocument(serverUrl: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of tenantRoutes) add(paths, route, [{ apiToken: [] }]);
  for (const route of nodeRoutes) add(paths, route, []);
  paths[RUN_EVENTS_PATH] = { get: runEventsOperation };
  return {
    openapi: "3.1.0",
    info: { title: "Causeway", version: "1", description: "The public API of a Causeway cloud." },
    servers: [{ url: `${serverUrl}/api/v1` }],
    paths,
    components: {
      securitySchemes: { apiToken: { type: "http", scheme: "bearer", description: "An API token, cwy_pat_…" } },
      schemas: { Problem: schemaOf(problem, "output") },
    },
  };
}

function add(
  paths: Record<string, Record<string, unknown>>,
  route: TenantRoute | NodeRoute,
  security: unknown[],
): void {
  const item = (paths[route.path] ??= {});
  item[route.method.toLowerCase()] = {
    operationId: operationIdOf(route),
    summary: route.summary,
    security,
    parameters: [...pathParameters(route.path), ...queryParameters(route.query)],
    ...(route.body
      ? { requestBody: { required: true, content: { "application/json": { schema: schemaOf(route.body, "input") } } } }
      : {}),
    responses: {
      [route.status]: route.output
        ? { description: "Done.", content: { "application/json": { schema: schemaOf(route.output, "output") } } }
        : { description: "Done." },
      default: problemAnswer,
    },
  };
}

const problemAnswer = {
  description: "What went wrong, and what to do.",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

const runEventsOperation = {
  operationId: "getRunsRunEvents",
  summary: "Streams a run's events (server-sent events); Last-Event-ID resumes.",
  security: [{ apiToken: [] }],
  parameters: [
    ...pathParameters(RUN_EVENTS_PATH),
    { name: "Last-Event-ID", in: "header", required: false, schema: { type: "string" } },
  ],
  responses: { 200: { description: "A stream.", content: { "text/event-stream": {} } }, default: problemAnswer },
};

/** `GET /environments/{environment}/apis` → `getEnvironmentsEnvironmentApis`. */
function operationIdOf(route: { method: string; path: string }): string {
  const words = route.path.split(/[^A-Za-z0-9]+/).filter(Boolean);
  return route.method.toLowerCase() + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
}

function pathParameters(path: string) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(query: z.ZodObject | undefined) {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: !(schema as z.ZodType).safeParse(undefined).success,
    schema: schemaOf(schema as z.ZodType, "input"),
  }));
}

function schemaOf(schema: z.ZodType, io: "input" | "output") {
  return z.toJSONSchema(schema, { io, unrepresentable: "any" });
}
