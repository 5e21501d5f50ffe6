import { z } from "zod";
import { apiSettings } from "../api/definition.ts";
import { certificate, listeners } from "./listener.ts";
import { errorTemplates } from "../api/error-templates.ts";
import { headerChanges } from "../api/transform.ts";
import { fileKey } from "../key/record.ts";
import { policy } from "../policy/policy.ts";

/** A gateway's own settings in file configuration. */
export const gatewaySettings = z.strictObject({
  maxConnections: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(50_000)
    .describe("Connections of clients that one worker has open; one past it is closed at once, and counted."),
  minBytesPerSecond: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(240)
    .describe(
      "Bytes a second that a client sends of a request's body, or takes of an answer that waits for it, after 10 s; one that is slower is cut. 0: no pace is too slow. Tunnels, and gRPC towards an HTTP/2 upstream, are not looked at.",
    ),
  maxRequestBodyBytes: z
    .int()
    .min(0)
    .default(100 * 1024 * 1024)
    .describe("Bytes of a request's body past which it is refused with 413."),
  limiter: z
    .enum(["exact", "leased"])
    .default("leased")
    .describe("`exact`: one script in Redis a decision; `leased`: a worker spends a lease locally."),
  nodes: z
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .describe(
      "Nodes that serve this configuration. Without Redis each has its part of every limit, so that they keep it together; with Redis they count in one place and this is not read. CAUSEWAY_NODES goes before it. Default: 1.",
    ),
  legacyRateLimitHeaders: z.boolean().default(false).describe("Answer `X-RateLimit-*` beside the IETF draft's fields."),
  listeners: listeners
    .default([])
    .describe("Ports beside the one of `--listen`: TLS, PROXY protocol, TCP and TLS proxies."),
  errors: errorTemplates.optional().describe("How errors look that no API has a template for."),
  headers: z
    .strictObject({
      request: headerChanges.optional().describe("Of requests that go upstream."),
      response: headerChanges.optional().describe("Of answers."),
    })
    .refine(({ response }) => !Object.keys(response?.set ?? {}).some((name) => /^content-(type|length)$/i.test(name)), {
      error: "expected headers that are not of one answer's own body: Content-Type and Content-Length are",
      path: ["response", "set"],
    })
    .optional()
    .describe("Headers of every request that goes upstream, and of every answer, the gateway's own among them."),
});
export type GatewaySettings = z.infer<typeof gatewaySettings>;

/**
 * File configuration: one file, or a folder whose files are merged. Entries of `apis` are `apiSettings` with `openapi`
 * (a path, a URL or the document itself); they are parsed one by one, so that each error names its entry.
 */
export const fileConfiguration = z.strictObject({
  apis: z.array(z.record(z.string(), z.unknown())).default([]).describe("What is served."),
  policies: z.array(policy).default([]).describe("Sets of rights and limits that keys share."),
  keys: z.array(fileKey).default([]).describe("Who may call."),
  certificates: z.array(certificate).max(10_000).default([]).describe("What TLS listeners serve."),
  settings: gatewaySettings.prefault({}).describe("Of the gateway itself."),
});
export type FileConfiguration = z.infer<typeof fileConfiguration>;

/** An entry of `apis` as people write it. */
const fileApi = apiSettings.extend({
  openapi: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())])
    .optional()
    .describe(
      "The OpenAPI 3.x document that `operations` belong to: a path, a URL or the document itself. Members that stand in its `x-causeway` need not be written here; those that are written here go first.",
    ),
});

/** All that may stand in a file, in one schema: what is described, suggested and published. */
export const writtenConfiguration = fileConfiguration.extend({
  apis: z.array(fileApi).default([]).describe("What is served."),
});
