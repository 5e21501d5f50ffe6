import { z } from "zod";
import { spikeArrest, throttle } from "../api/limits.ts";
import { entityId, tag } from "../ids.ts";
import { access } from "../policy/policy.ts";
import { rate } from "../quantities.ts";

/** SHA-256 of the key's text, 64 hex characters. */
export const keyHash = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hex characters (SHA-256)");

/** What a key may do, as the control plane keeps it and as a node caches it. The secret itself is nowhere. */
export const keyRecord = z.strictObject({
  id: entityId.describe("What limits, logs and analytics call it."),
  hash: keyHash.describe("SHA-256 of the key's text."),
  name: z.string().max(100).default("").describe("For people."),
  state: z.enum(["active", "inactive"]).default("active").describe("An inactive key is 401 `key_inactive`."),
  expiresAtMs: z.int().nullable().default(null).describe("Milliseconds since the epoch; null: never."),
  policies: z.array(entityId).max(100).default([]).describe("Policies whose rights and limits it has, united."),
  apis: access.prefault({}).describe("Rights beside those of its policies."),
  rate: rate.optional().describe("Limits of its own replace those of its policies."),
  quota: rate.optional().describe("In place of its policies' quotas."),
  spikeArrest: spikeArrest.optional().describe("In place of its policies'."),
  throttle: throttle.optional().describe("In place of its policies': calls over a rate wait."),
  tags: z.array(tag).max(50).default([]).describe("For people and for `$key.tags`."),
  metadata: z
    .record(z.string().max(100), z.string().max(1_000))
    .default({})
    .describe("What the upstream may be told: `$key.metadata.plan`."),
  boundCertificate: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, "expected sha256: and 64 hex characters, the certificate's fingerprint")
    .optional()
    .describe(
      "The one client certificate that this key may be used with, by fingerprint: without it 401 `certificate_mismatch`.",
    ),
  version: z.int().min(1).default(1).describe("Raised at every change; anti-entropy compares it."),
});
export type KeyRecord = z.infer<typeof keyRecord>;

/** A key in file configuration: a secret by reference, or its hash. */
export const fileKey = keyRecord.omit({ hash: true, expiresAtMs: true, version: true }).extend({
  secret: z
    .string()
    .regex(
      /^(env|file|vault|aws-sm):\/\/.+$/,
      "expected a reference such as env://ACME_KEY or file:///run/secrets/acme",
    )
    .optional()
    .describe(
      "`env://ACME_KEY`, `file:///run/secrets/acme`, or of a store, `vault://kv/acme#key`; never the secret itself.",
    ),
  hash: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, "expected sha256: and 64 hex characters")
    .optional()
    .describe("SHA-256 of the key's text, `sha256:` and hex, in place of `secret`."),
  expires: z.iso
    .datetime({ offset: true, error: "expected a time such as 2030-01-01T00:00:00Z" })
    .optional()
    .describe("From then on the key is 401 `key_expired`."),
});
export type FileKey = z.infer<typeof fileKey>;
