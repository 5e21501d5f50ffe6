import { z } from "zod";
import { contextText } from "../context.ts";
import { listenPath } from "./listen.ts";
import { headerName, headerValue } from "./primitives.ts";

export const headerChanges = z.strictObject({
  set: z
    .record(headerName, headerValue.pipe(contextText))
    .default({})
    .describe("Replaces or adds. A value may hold variables, `$key.id`; a dollar sign of its own is written `$$`."),
  remove: z.array(headerName).default([]).describe("Names of headers that are taken off."),
});

const rewrite = z.strictObject({
  from: listenPath.describe(
    "A path below the listen path with `{name}` segments, or a trailing `{rest*}`: `/v1/users/{id}`.",
  ),
  to: z
    .string()
    .regex(/^\/[^?#\s]*$/, "expected a path that starts with /")
    .describe("The path that goes upstream; may name the segments of `from`."),
});

export const transform = z.strictObject({
  request: z
    .strictObject({
      headers: headerChanges.optional().describe("Headers that are set and taken off."),
      rewrite: z.array(rewrite).max(100).optional().describe("Other paths upstream: the first whose `from` fits."),
    })
    .optional()
    .describe("What goes upstream."),
  response: z
    .strictObject({ headers: headerChanges.optional().describe("Headers that are set and taken off.") })
    .optional()
    .describe("What goes back to the caller."),
});
