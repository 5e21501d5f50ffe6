import { z } from "zod";
import { entityId, tag } from "../ids.ts";
import { rate } from "../quantities.ts";

/** What a holder may do with one API. */
export const accessGrant = z.strictObject({
  /** operationIds that are allowed; absent: all of the API. */
  operations: z.array(z.string().min(1).max(200)).min(1).max(1_000).optional(),
  rate: rate.optional(),
  quota: rate.optional(),
});

/** `[orders]`, or `{ orders: { operations: [getOrder], rate: 5/s } }`; parsed to the second form. */
export const access = z
  .union([z.array(entityId).max(1_000), z.record(entityId, accessGrant)])
  .transform((value): Record<string, z.infer<typeof accessGrant>> =>
    Array.isArray(value) ? Object.fromEntries(value.map((id) => [id, {}])) : value,
  );

/** A named set of rights and limits that keys share. */
export const policy = z.strictObject({
  id: entityId,
  name: z.string().min(1).max(100).optional(),
  /** An inactive policy deactivates the keys that carry it. */
  state: z.enum(["active", "inactive"]).default("active"),
  apis: access.prefault({}),
  /** For one key over all the APIs of the policy. */
  rate: rate.optional(),
  quota: rate.optional(),
  tags: z.array(tag).max(50).default([]),
});
export type AccessGrant = z.infer<typeof accessGrant>;
export type Access = z.infer<typeof access>;
export type Policy = z.infer<typeof policy>;
export type PolicyInput = z.input<typeof policy>;
