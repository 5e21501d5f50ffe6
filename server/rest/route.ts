import type { z } from "zod";
import type { Deps } from "../deps.ts";
import type { Permission } from "../permissions.ts";
import type { OrgScope } from "../scope.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** Members of a path template, `{environment}`. */
export type PathParams = Record<string, string>;

interface Described {
  method: Method;
  /** Below `/api/v1`, with `{name}` segments: `/environments/{environment}`. */
  path: string;
  /** What it does, a sentence for the OpenAPI document. */
  summary: string;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Status of success; 204 has no body. */
  status: 200 | 201 | 202 | 204;
  output?: z.ZodType;
}

/** A route for bearers of an API token; the permission is asked before the handler runs. */
export interface TenantRoute extends Described {
  can: Permission;
  handle(scope: OrgScope, request: { params: PathParams; query: never; body: never }): Promise<unknown>;
}

/** A route for nodes, whose own token or signature in the body is the authority. */
export interface NodeRoute extends Described {
  handle(deps: Deps, request: { body: never; address: string }): Promise<unknown>;
}

/** Ties a route's handler to the types of its schemas; the table that holds them needs no types of its own. */
export function tenantRoute<Query extends z.ZodObject, Body extends z.ZodType>(
  route: Omit<TenantRoute, "handle" | "query" | "body"> & {
    query?: Query;
    body?: Body;
    handle(
      scope: OrgScope,
      request: { params: PathParams; query: z.output<Query>; body: z.output<Body> },
    ): Promise<unknown>;
  },
): TenantRoute {
  return route;
}

export function nodeRoute<Body extends z.ZodType>(
  route: Omit<NodeRoute, "handle" | "body"> & {
    body: Body;
    handle(deps: Deps, request: { body: z.output<Body>; address: string }): Promise<unknown>;
  },
): NodeRoute {
  return route;
}
