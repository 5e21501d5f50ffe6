import { z } from "zod";
import { entityId, tag } from "../ids.ts";
import { auth } from "./auth.ts";
import { cors, operationCors } from "./cors.ts";
import { errorTemplates } from "./error-templates.ts";
import { ipAccess } from "./ip-access.ts";
import { limitMembers } from "./limits.ts";
import { listen } from "./listen.ts";
import { recording } from "./recording.ts";
import { versioningOf } from "./versioning.ts";
import { transform } from "./transform.ts";
import { breaker, retry } from "./resilience.ts";
import { timeouts, upstream } from "./upstream.ts";

/**
 * An API as people write it: an entry of `apis` in file configuration, and `x-causeway` in an OpenAPI document. Short
 * forms (`listen: /orders`, `upstream: http://…`, `auth: key`) are parsed into the full ones, so that past this edge
 * there is one shape.
 */

/** What one operation adds to its API; the name is the `operationId` of the OpenAPI document. */
export const operationSettings = z.strictObject({
  ...limitMembers,
  timeouts: timeouts.optional().describe("In place of the API's own."),
  retry: retry.optional().describe("In place of the API's own."),
  breaker: breaker.optional().describe("In place of the API's own."),
  block: z.boolean().optional().describe("Refused with 403 `operation_blocked`."),
  cors: operationCors.optional().describe("In place of the API's own; `false`: none."),
  recording: recording.optional().describe("In place of the API's own; `false`: none."),
});

/** What an API does with a request: each version of it may have other ones. */
export const behaviour = {
  upstream: upstream.describe("Where requests go: a URL, or all that there is to say about it."),
  auth: auth
    .prefault("key")
    .describe(
      "Who may call: `none`, `key`, `basic`, one alternative, or `anyOf` of several. A method alone is an alternative of one.",
    ),
  ip: ipAccess.optional().describe("Addresses that may call, and that may not."),
  ...limitMembers,
  transform: transform.optional().describe("What is changed of requests and answers."),
  cors: cors.optional().describe("What pages of other origins may do. Absent: the upstream answers for itself."),
  recording: recording
    .optional()
    .describe(
      "Whole exchanges written down, but for credentials and what is named: `true`, or what is wanted. Absent: none.",
    ),
  errors: errorTemplates.optional().describe("How errors of this API look; they go before the gateway's own."),
  strictOperations: z
    .boolean()
    .default(false)
    .describe(
      "Whether a path that no operation of the document describes is refused (404 `operation_not_found`) or passed on.",
    ),
  operations: z
    .record(z.string(), operationSettings)
    .default({})
    .describe("Settings of single operations, by the `operationId` of the OpenAPI document."),
};

/** The OpenAPI document of a version: a path or a URL in files alone. Absent: the API's. */
const versionDocument = z.union([z.string().min(1), z.record(z.string(), z.unknown())]);

/** The members of `x-causeway`. */
export const apiSettings = z.strictObject({
  id: entityId.describe("What policies, keys and analytics call it."),
  name: z.string().min(1).max(100).optional().describe("For people. Default: the id."),
  state: z
    .enum(["active", "inactive"])
    .default("active")
    .describe("`inactive`: it is loaded and answers 404, as if it were not there."),
  tags: z
    .array(tag)
    .max(50)
    .default([])
    .describe("Gateways that carry one of them load it; without tags every gateway does."),
  listen: listen.describe("Where callers reach it: a path, or host and path."),
  ...behaviour,
  versioning: versioningOf(behaviour, {
    openapi: versionDocument
      .optional()
      .describe("The OpenAPI document of this version: a path, a URL, or the document. Absent: the API's."),
  })
    .optional()
    .describe("Several versions of it at one listen path."),
});
export type ApiSettings = z.infer<typeof apiSettings>;
export type ApiSettingsInput = z.input<typeof apiSettings>;
export type OperationSettings = z.infer<typeof operationSettings>;
