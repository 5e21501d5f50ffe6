import { z } from "zod";
import { writtenPath } from "./path-text.ts";

/** `/orders`: starts with a slash, no dot segments, no query. `/` serves the whole host. */
export const listenPath = z
  .string()
  .max(1_024)
  .regex(/^\/[^?#\s\\]*$/, "expected a path that starts with / and has no query")
  .refine((path) => !/%(?![0-9a-f]{2})|%00/i.test(path), "a percent sign begins an encoded byte; itself it is %25")
  .refine(
    (path) => !path.split("/").some((segment) => segment === "." || segment === ".."),
    "dot segments are not allowed",
  )
  .refine((path) => !path.includes("//"), "empty segments are not allowed")
  .transform((path) => writtenPath(path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path));

/** `api.example.com`, `*.example.com`, without a port. */
export const host = z
  .string()
  .regex(
    /^(\*\.)?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/,
    "expected a host name in lower case, without a port; *. may lead",
  );

const listenFull = z.strictObject({
  host: host.optional().describe("Absent: any host."),
  path: listenPath.describe("Where its paths begin, by whole segments. `/` is the whole host."),
  strip: z
    .boolean()
    .default(true)
    .describe("Whether the listen path is taken off before the upstream sees the request."),
  internal: z
    .boolean()
    .default(false)
    .describe("Not reachable by callers: only by other APIs of the gateway, as `causeway://<id>/…`."),
});
export const listen = z.union([
  listenPath.transform((path) => ({ path, strip: true as boolean, internal: false as boolean, host: undefined })),
  listenFull,
]);
