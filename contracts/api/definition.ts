import { z } from "zod";
import { entityId, tag } from "../ids.ts";
import { durationMs, rate } from "../quantities.ts";

/**
 * An API as people write it: an entry of `apis` in file configuration, and `x-causeway` in an OpenAPI document. Short
 * forms (`listen: /orders`, `upstream: http://…`, `auth: key`) are parsed into the full ones, so that past this edge
 * there is one shape.
 */

const httpUrl = z.url({ protocol: /^https?$/, error: "expected an http:// or https:// URL" });
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "expected a header name (RFC 9110, 5.1)");
const headerValue = z
  .string()
  // What a field value must not hold (RFC 9110, 5.5) is control characters.
  // oxlint-disable-next-line no-control-regex
  .regex(/^[^\u0000-\u0008\u000a-\u001f\u007f]*$/, "control characters are not allowed in a header value");

/** `/orders`: starts with a slash, no dot segments, no query. `/` serves the whole host. */
export const listenPath = z
  .string()
  .max(1_024)
  .regex(/^\/[^?#\s]*$/, "expected a path that starts with / and has no query")
  .refine(
    (path) => !path.split("/").some((segment) => segment === "." || segment === ".."),
    "dot segments are not allowed",
  )
  .refine((path) => !path.includes("//"), "empty segments are not allowed")
  .transform((path) => (path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path));

/** `api.example.com`, `*.example.com`, without a port. */
export const host = z
  .string()
  .regex(
    /^(\*\.)?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/,
    "expected a host name in lower case, without a port; *. may lead",
  );

const listenFull = z.strictObject({
  /** Absent: any host. */
  host: host.optional(),
  path: listenPath,
  /** Whether the listen path is taken off before the upstream sees the request. */
  strip: z.boolean().default(true),
});
export const listen = z.union([
  listenPath.transform((path) => ({ path, strip: true as boolean, host: undefined })),
  listenFull,
]);

const timeouts = z.strictObject({
  /** Until the connection to the target stands. */
  connectMs: durationMs.default(5_000),
  /** From the request's last byte to the response's headers. */
  headersMs: durationMs.default(30_000),
  /** Between two chunks of the response's body. */
  idleMs: durationMs.default(60_000),
});

const target = z.strictObject({ url: httpUrl, weight: z.int().min(0).max(1_000).default(1) });

const upstreamFull = z.strictObject({
  targets: z.array(target).min(1).max(256),
  timeouts: timeouts.prefault({}),
});
export const upstream = z.union([
  httpUrl.transform((url) => ({ targets: [{ url, weight: 1 }], timeouts: timeouts.parse({}) })),
  upstreamFull,
]);

const keyAuth = z.strictObject({
  /** Where the key is looked for beside `Authorization: Bearer` and `X-API-Key`; given, it is the only place. */
  header: headerName.optional(),
  query: z.string().min(1).max(100).optional(),
});
/** All of the members of one alternative must hold. */
export const authAlternative = z
  .strictObject({ key: keyAuth.optional() })
  .refine((value) => Object.keys(value).length > 0, {
    error: "name at least one method: key",
  });
const anyOf = z.strictObject({ anyOf: z.array(authAlternative).min(1).max(8) });
/** What `none` is parsed to. An empty list alone is refused: a template that came out empty must not open an API. */
const keyless = z.strictObject({ keyless: z.literal(true), anyOf: z.array(authAlternative).max(0).default([]) });

/** No alternative: everybody may call, which `keyless` says aloud. */
export interface Auth {
  keyless?: true;
  anyOf: z.infer<typeof authAlternative>[];
}
/** `none`, `key`, or `{ anyOf: [ … ] }`: any alternative of the list. */
export const auth = z.union([z.literal("none"), z.literal("key"), anyOf, keyless]).transform((value): Auth => {
  if (value === "none") return { keyless: true, anyOf: [] };
  return value === "key" ? { anyOf: [{ key: {} }] } : value;
});

const headerChanges = z.strictObject({
  /** Replaces or adds. */
  set: z.record(headerName, headerValue).default({}),
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

/** What one operation adds to its API; the name is the `operationId` of the OpenAPI document. */
export const operationSettings = z.strictObject({
  rate: rate.optional(),
  timeouts: timeouts.optional(),
  /** Refused with 403 `operation_blocked`. */
  block: z.boolean().optional(),
});

/** The members of `x-causeway`. */
export const apiSettings = z.strictObject({
  id: entityId,
  name: z.string().min(1).max(100).optional(),
  state: z.enum(["active", "inactive"]).default("active"),
  tags: z.array(tag).max(50).default([]),
  listen,
  upstream,
  auth: auth.prefault("key"),
  /** For the whole API, over all its callers. */
  rate: rate.optional(),
  transform: transform.optional(),
  /** Whether a path that no operation of the document describes is refused (404 `operation_not_found`) or passed on. */
  strictOperations: z.boolean().default(false),
  operations: z.record(z.string(), operationSettings).default({}),
});
export type ApiSettings = z.infer<typeof apiSettings>;
export type ApiSettingsInput = z.input<typeof apiSettings>;
export type OperationSettings = z.infer<typeof operationSettings>;
