import { z } from "zod";
import { contextText } from "../context.ts";
import { listenPath } from "./listen.ts";
import { headerName, headerValue } from "./primitives.ts";

export const headerChanges = z.strictObject({
  /** Replaces or adds. A value may hold variables, `$key.id`; a dollar sign of its own is written `$$`. */
  set: z.record(headerName, headerValue.pipe(contextText)).default({}),
  remove: z.array(headerName).default([]),
});

const rewrite = z.strictObject({
  /** A path below the listen path with `{name}` segments, or a trailing `{rest*}`: `/v1/users/{id}`. */
  from: listenPath,
  /** The path that goes upstream; may name the segments of `from`. */
  to: z.string().regex(/^\/[^?#\s]*$/, "expected a path that starts with /"),
});

export const transform = z.strictObject({
  request: z
    .strictObject({ headers: headerChanges.optional(), rewrite: z.array(rewrite).max(100).optional() })
    .optional(),
  response: z.strictObject({ headers: headerChanges.optional() }).optional(),
});
