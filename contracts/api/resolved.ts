import { z } from "zod";
import { apiSettings, operationSettings, type ApiSettings } from "./definition.ts";

export const httpMethod = z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]);

/** One path and method of an API, joined from the OpenAPI document. `path` is relative to the listen path. */
export const resolvedOperation = operationSettings.extend({
  id: z.string().min(1).max(200),
  method: httpMethod,
  /** An OpenAPI path template: `/orders/{id}`. */
  path: z.string().regex(/^\//),
});
export type ResolvedOperation = z.infer<typeof resolvedOperation>;

/**
 * An API as a gateway loads it: settings whose operations carry their method and path, so that the document itself need
 * not travel. Parsing a resolved API again gives the same value.
 */
export const resolvedApi = apiSettings.omit({ operations: true }).extend({
  operations: z.array(resolvedOperation).max(5_000).default([]),
});
export type ResolvedApi = z.infer<typeof resolvedApi>;

/** The part of an OpenAPI 3.x document that is needed to name its operations. */
interface DocumentLike {
  paths?: Record<string, Record<string, unknown> | undefined>;
}

export interface ResolveProblem {
  /** Dotted path in the API's settings, `operations.getOrder`. */
  path: string;
  message: string;
}

/**
 * Joins settings and OpenAPI document by `operationId`; an operation without one is called `<method> <path>`.
 * A setting that names no operation of the document is a problem, never ignored.
 */
export function resolveApi(
  settings: ApiSettings,
  document?: unknown,
): { api: ResolvedApi; problems: ResolveProblem[] } {
  const { operations: overrides, ...rest } = settings;
  const operations = operationsOf(document).map((operation) => ({ ...operation, ...overrides[operation.id] }));
  const known = new Set(operations.map((operation) => operation.id));
  const problems = Object.keys(overrides)
    .filter((id) => !known.has(id))
    .map((id) => ({
      path: `operations.${id}`,
      message: known.size
        ? `no operation of the OpenAPI document has this operationId; known: ${[...known].slice(0, 8).join(", ")}`
        : "operations need an OpenAPI document that describes them (openapi)",
    }));
  return { api: { ...rest, operations }, problems };
}

/** Every operation of an OpenAPI 3.x document, in the document's order. */
export function operationsOf(document: unknown): { id: string; method: z.infer<typeof httpMethod>; path: string }[] {
  const paths = (document as DocumentLike | undefined)?.paths ?? {};
  return Object.entries(paths).flatMap(([path, item]) =>
    httpMethod.options
      .filter((method) => item?.[method.toLowerCase()] !== undefined)
      .map((method) => {
        const operation = item![method.toLowerCase()] as { operationId?: unknown };
        const id = typeof operation.operationId === "string" ? operation.operationId : `${method} ${path}`;
        return { id, method, path };
      }),
  );
}
