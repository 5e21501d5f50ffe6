import { z } from "zod";
import { keyId, policyId } from "../ids.ts";
import { accessGrant, partition, policy } from "../policy/policy.ts";
import { keyRecord } from "../key/record.ts";
import { actor } from "./claims.ts";
import { quarantined } from "../revision/snapshot.ts";

export const policyInput = z.strictObject({
  name: z.string().min(1).max(100).describe("For people."),
  state: policy.shape.state,
  partitions: policy.shape.partitions,
  scope: policy.shape.scope,
  apis: policy.shape.apis,
  rate: policy.shape.rate,
  quota: policy.shape.quota,
  spikeArrest: policy.shape.spikeArrest,
  throttle: policy.shape.throttle,
  tags: policy.shape.tags,
});
export type PolicyBody = z.infer<typeof policyInput>;

const ratePair = z.object({ limit: z.number(), windowMs: z.number() });
const spikeView = z.object({ rate: ratePair, burst: z.number() });
const throttleView = z.object({ queue: z.number(), waitUpTo: z.number() });
/** All members of a grant: an editor sends back what it was shown, and must not lose one. */
const grantView = z.object({
  operations: accessGrant.shape.operations,
  paths: accessGrant.shape.paths,
  rate: ratePair.optional(),
  quota: ratePair.optional(),
});

export const policyView = z.object({
  id: policyId,
  name: z.string(),
  state: z.enum(["active", "inactive"]),
  partitions: z.array(partition),
  scope: policy.shape.scope.unwrap(),
  apis: z.record(z.string(), grantView),
  rate: ratePair.nullable(),
  quota: ratePair.nullable(),
  spikeArrest: spikeView.nullable(),
  throttle: throttleView.nullable(),
  tags: z.array(z.string()),
  keyCount: z.int(),
  version: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type PolicyView = z.infer<typeof policyView>;

export const keyInput = z.strictObject({
  name: z.string().min(1).max(100).describe("For people."),
  /** An inactive key is refused until it is made active again; a revoked one stays revoked. */
  state: keyRecord.shape.state,
  policies: z
    .array(policyId)
    .max(100)
    .default([])
    .describe("Policies whose rights and limits it has, united, by their ids."),
  /** API ids opened directly, beside those of the policies. */
  apis: keyRecord.shape.apis,
  rate: keyRecord.shape.rate,
  quota: keyRecord.shape.quota,
  spikeArrest: keyRecord.shape.spikeArrest,
  throttle: keyRecord.shape.throttle,
  expiresAt: z.iso
    .datetime({ offset: true, error: "expected a time such as 2030-01-01T00:00:00Z" })
    .nullable()
    .default(null)
    .describe("From then on the key is 401 `key_expired`; null: never. A file calls it `expires`."),
  tags: keyRecord.shape.tags,
  metadata: keyRecord.shape.metadata,
  boundCertificate: keyRecord.shape.boundCertificate,
});
export type KeyBody = z.infer<typeof keyInput>;

export const keyView = z.object({
  id: keyId,
  name: z.string(),
  /** The first characters, for people to recognise it: `cwy_key_3f9k…`. */
  hint: z.string(),
  state: z.enum(["active", "inactive", "revoked"]),
  policies: z.array(z.object({ id: policyId, name: z.string() })),
  /** What it opens beside its policies, with the grants whole. */
  apis: z.record(z.string(), grantView),
  rate: ratePair.nullable(),
  quota: ratePair.nullable(),
  spikeArrest: spikeView.nullable(),
  throttle: throttleView.nullable(),
  metadata: z.record(z.string(), z.string()),
  /** Fingerprint of the one client certificate that it opens with. */
  boundCertificate: z.string().optional(),
  expiresAt: z.string().nullable(),
  tags: z.array(z.string()),
  version: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type KeyView = z.infer<typeof keyView>;

/** The only answer that carries the key itself. */
export const keyCreated = keyView.extend({ secret: z.string() });
export type KeyCreated = z.infer<typeof keyCreated>;

export const revisionView = z.object({
  revision: z.int(),
  hash: z.string(),
  createdAt: z.string(),
  actor,
  /** `Created API Orders`. */
  summary: z.string(),
  apis: z.int(),
  policies: z.int(),
});
export type RevisionView = z.infer<typeof revisionView>;

/** What a node says it runs, never a guess: `applied` is its own word. */
export const planeNode = z.object({
  id: z.string(),
  cluster: z.string(),
  connected: z.boolean(),
  hostname: z.string(),
  version: z.string(),
  listen: z.string(),
  lastSeenAt: z.string(),
  startedAt: z.string(),
  desired: z.object({ revision: z.int(), hash: z.string() }).nullable(),
  applied: z.object({ revision: z.int(), hash: z.string() }).nullable(),
  rejected: z.object({ revision: z.int(), entity: z.string(), reason: z.string() }).nullable(),
  quarantined: z.array(quarantined),
  /** False: it is of a version that is sent its APIs without settings of its own. */
  takesSettings: z.boolean().default(true),
  load: z.number().nullable(),
  connections: z.int().nullable(),
  rps: z.number().nullable(),
  errorShare: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  clockSkewMs: z.number().nullable(),
  spoolBatches: z.int().nullable(),
  droppedRecords: z.int().nullable(),
});
export type PlaneNode = z.infer<typeof planeNode>;

/** One entry of an audit chain: `hash` is SHA-256 over the entry and `previousHash`. */
export const auditView = z.object({
  id: z.string(),
  seq: z.int(),
  at: z.string(),
  actor,
  /** `api.create`, `key.revoke`. */
  action: z.string(),
  target: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  /** Changed members: before and after. Secrets never stand here. */
  diff: z.record(z.string(), z.object({ before: z.unknown().optional(), after: z.unknown().optional() })),
  hash: z.string(),
  previousHash: z.string(),
});
export type AuditView = z.infer<typeof auditView>;

/** Answered by `GET /v1/status`. */
export const planeStatus = z.object({
  revision: z.int(),
  hash: z.string(),
  nodesConnected: z.int(),
  version: z.string(),
  startedAt: z.string(),
});
export type PlaneStatus = z.infer<typeof planeStatus>;
