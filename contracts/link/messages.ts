import { z } from "zod";
import { keyHash, keyRecord } from "../key/record.ts";
import { nodeId } from "../ids.ts";
import { quarantined, signedSnapshot } from "../revision/snapshot.ts";

/**
 * The link, version 1: JSON text frames on `GET /link/v1` (WebSocket), analytics as binary msgpack frames
 * (`contracts/analytics/batch.ts`). The node authenticates the upgrade with `Authorization: Bearer <credential>`; the
 * plane answers with the header `causeway-challenge`, and the node's `hello` carries its signature over it.
 */
export const LINK_PATH = "/link/v1";
export const CHALLENGE_HEADER = "causeway-challenge";
export const HEARTBEAT_EVERY_MS = 10_000;
export const HEARTBEAT_DEAD_AFTER_MS = 30_000;

/** What a node signs with its own key at `hello`. */
export function helloSigningInput(node: string, challenge: string): string {
  return `causeway-hello.v1\n${node}\n${challenge}`;
}

const revisionRef = z.strictObject({ revision: z.int().min(1), hash: z.string() });

/** Batches that wait on the node's disk, and what was lost for want of room. */
const spool = z.strictObject({ batches: z.int().min(0), bytes: z.int().min(0), droppedRecords: z.int().min(0) });

export const hello = z.strictObject({
  type: z.literal("hello"),
  node: nodeId,
  /** Ed25519 over `helloSigningInput`, base64url. */
  proof: z.string(),
  hostname: z.string(),
  version: z.string(),
  capabilities: z.array(z.string()),
  startedAtMs: z.int(),
  workers: z.int().min(1),
  /** Address that clients reach it at, as far as it knows. */
  listen: z.string(),
  applied: revisionRef.nullable(),
  /** Cursor of the last key event that it has seen; null on a node that knows no keys. */
  keyCursor: z.int().min(0).nullable(),
  spool,
});

export const applied = z.strictObject({
  type: z.literal("applied"),
  revision: z.int().min(1),
  hash: z.string(),
  tookMs: z.number(),
  quarantined: z.array(quarantined),
});

/** The whole revision was refused; the one before keeps serving. */
export const rejected = z.strictObject({
  type: z.literal("rejected"),
  revision: z.int().min(1),
  entity: z.string(),
  reason: z.string(),
});

/** A key that the node does not know; `id` pairs the answer. */
export const keyLookup = z.strictObject({ type: z.literal("key"), id: z.int(), hash: keyHash });

/** After `resync`: the node names what it holds, the plane answers what differs. */
export const keysVerify = z.strictObject({
  type: z.literal("keysVerify"),
  id: z.int(),
  keys: z.array(z.strictObject({ hash: keyHash, version: z.int() })).max(1_000),
});

export const heartbeat = z.strictObject({
  type: z.literal("heartbeat"),
  sentAtMs: z.int(),
  appliedHash: z.string().nullable(),
  /** One-minute load average of the machine. */
  load: z.number(),
  connections: z.int().min(0),
  /** Requests a second since the last heartbeat. */
  rps: z.number().min(0),
  /** Share of those answered 5xx, 0..1. */
  errors: z.number().min(0),
  spool,
  clockSkewMs: z.number().nullable(),
  memoryBytes: z.int().min(0),
});

export const goodbye = z.strictObject({
  type: z.literal("goodbye"),
  reason: z.enum(["stopping", "retired", "revoked", "rebalancing", "replaced", "protocol"]),
  detail: z.string().optional(),
  reconnectAfterMs: z.int().min(0).nullable(),
});

export const snapshot = signedSnapshot.extend({ type: z.literal("snapshot") });

/** A change of one key. `key` is null when it was revoked or deleted. */
export const keyEvent = z.strictObject({ cursor: z.int().min(1), hash: keyHash, key: keyRecord.nullable() });
export const events = z.strictObject({
  type: z.literal("events"),
  /** Cursor after the last item. */
  cursor: z.int().min(0),
  items: z.array(keyEvent),
});

/** The event log no longer reaches back to the node's cursor: verify what you hold, do not flush it. */
export const resync = z.strictObject({ type: z.literal("resync"), cursor: z.int().min(0) });
export const keyAnswer = z.strictObject({ type: z.literal("key"), id: z.int(), key: keyRecord.nullable() });
export const keysVerified = z.strictObject({
  type: z.literal("keysVerified"),
  id: z.int(),
  changed: z.array(z.strictObject({ hash: keyHash, key: keyRecord.nullable() })),
});
export const ack = z.strictObject({ type: z.literal("ack"), batchId: z.string() });
/**
 * `nowMs` is the plane's clock: the node measures its skew with it. `nodes` are those of its cluster that are connected,
 * itself among them: without a store of their own they share each limit.
 */
export const heartbeatAck = z.strictObject({
  type: z.literal("heartbeatAck"),
  sentAtMs: z.int(),
  nowMs: z.int(),
  nodes: z.int().min(1).optional(),
});

export const fromNode = z.discriminatedUnion("type", [
  hello,
  applied,
  rejected,
  keyLookup,
  keysVerify,
  heartbeat,
  goodbye,
]);
export const fromPlane = z.discriminatedUnion("type", [
  snapshot,
  events,
  resync,
  keyAnswer,
  keysVerified,
  ack,
  heartbeatAck,
  goodbye,
]);
export type FromNode = z.infer<typeof fromNode>;
export type FromPlane = z.infer<typeof fromPlane>;
export type Hello = z.infer<typeof hello>;
export type Heartbeat = z.infer<typeof heartbeat>;
export type KeyEvent = z.infer<typeof keyEvent>;
