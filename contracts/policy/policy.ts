import { z } from "zod";
import { spikeArrest, throttle } from "../api/limits.ts";
import { entityId, tag } from "../ids.ts";
import { rate } from "../quantities.ts";

/** A path below an API's listen path that is allowed: for APIs without a document, or finer than their operations. */
const pathGrant = z.strictObject({
  methods: z
    .array(z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]))
    .min(1)
    .optional()
    .describe("Absent: every method. `GET` allows HEAD too (RFC 9110, 9.3.2)."),
  path: z
    .string()
    .max(1_024)
    .regex(/^\/[^?#\s]*$/, "expected a path that starts with / and has no query")
    .refine((path) => !/\*\}./.test(path), "{name*} may only stand at the end")
    .describe("A template: `/orders/{id}`, or with the rest of the path, `/files/{path*}`."),
});
export type PathGrant = z.infer<typeof pathGrant>;

/** What a holder may do with one API. With neither operations nor paths: all of it; with both, what either allows. */
export const accessGrant = z.strictObject({
  operations: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(1_000)
    .optional()
    .describe("operationIds that are allowed."),
  paths: z
    .array(pathGrant)
    .min(1)
    .max(100)
    .optional()
    .describe("Paths that are allowed, for APIs without a document or finer than their operations."),
  rate: rate.optional().describe("For this API alone, beside the policy's own."),
  quota: rate.optional().describe("For this API alone, beside the policy's own."),
});

/** `[orders]`, or `{ orders: { operations: [getOrder], rate: 5/s } }`; parsed to the second form. */
export const access = z
  .union([z.array(entityId).max(1_000), z.record(entityId, accessGrant)])
  .transform((value): Record<string, z.infer<typeof accessGrant>> =>
    Array.isArray(value) ? Object.fromEntries(value.map((id) => [id, {}])) : value,
  );

/** The parts of a policy that can be left out (Tyk: partitions). */
export const partition = z.enum(["access", "rate", "quota"]);
export type Partition = z.infer<typeof partition>;

/** A named set of rights and limits that keys share. */
export const policy = z.strictObject({
  id: entityId.describe("What keys call it."),
  name: z.string().min(1).max(100).optional().describe("For people."),
  state: z
    .enum(["active", "inactive"])
    .default("active")
    .describe("An inactive policy deactivates the keys that carry it."),
  partitions: z
    .array(partition)
    .min(1)
    .refine((parts) => new Set(parts).size === parts.length, "expected each part once")
    .default(["access", "rate", "quota"])
    .describe("Which parts apply: `[access]` only gives rights, `[rate, quota]` only limits what other policies open."),
  scope: z
    .enum(["key", "policy"])
    .default("key")
    .describe("Whether each key has the limits for itself, or all keys of the policy share one count."),
  apis: access.prefault({}).describe("What its keys may call: a list of APIs, or a grant for each."),
  rate: rate.optional().describe("For one key (or all of them: `scope`) over all the APIs of the policy."),
  quota: rate.optional().describe("For one key, or for all of them: `scope`."),
  spikeArrest: spikeArrest.optional().describe("Part of `rate`."),
  throttle: throttle.optional().describe("Part of `rate`: calls over a rate wait."),
  tags: z.array(tag).max(50).default([]).describe("Of every key that carries it."),
});
export type AccessGrant = z.infer<typeof accessGrant>;
export type Access = z.infer<typeof access>;
export type Policy = z.infer<typeof policy>;
export type PolicyInput = z.input<typeof policy>;
