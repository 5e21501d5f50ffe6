import type { z } from "zod";
import { AppError, messageOf } from "#base/errors.ts";
import { fieldsOf } from "#base/problem.ts";
import { withCappedBody } from "../http/capped-body.ts";
import type { PathParams } from "./route.ts";

/** The members of a template that a path fills, or nothing when it is another path or its escapes are broken. */
export function matchPath(template: string, path: string): PathParams | undefined {
  const wanted = template.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const params: PathParams = {};
  for (const [index, segment] of wanted.entries()) {
    const value = decoded(given[index]!);
    if (value === undefined) return undefined;
    if (segment.startsWith("{")) params[segment.slice(1, -1)] = value;
    else if (segment !== value) return undefined;
  }
  return params;
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    // %E0%A4%A is no text: no resource has such a name.
    return undefined;
  }
}

export function bearerOf(request: Request): string {
  const header = request.headers.get("authorization") ?? "";
  if (!/^Bearer \S+$/i.test(header))
    throw new AppError(
      "unauthenticated",
      "Send an API token as Authorization: Bearer cwy_pat_…. Create one in the organisation's settings.",
    );
  return header.slice("Bearer ".length);
}

export async function readBody(request: Request, schema: z.ZodType): Promise<unknown> {
  const text = await withCappedBody(request).text();
  let value: unknown;
  try {
    value = JSON.parse(text || "{}");
  } catch (error) {
    throw new AppError("invalid", `The body is not JSON: ${messageOf(error)}.`);
  }
  return parseInput(schema, value);
}

export function parseInput(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AppError("invalid", "Some fields need a change.", { fields: fieldsOf(result.error) });
}
