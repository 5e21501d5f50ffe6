import { bigint, index, integer, jsonb, pgTable, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";
import type { ApiInput } from "#contracts/plane/apis.ts";
import type { Actor } from "#contracts/plane/claims.ts";
import type { PolicyBody } from "#contracts/plane/entities.ts";
import type { GatewaySettingsInput } from "#contracts/plane/gateway-settings.ts";
import type { KeyRecord } from "#contracts/key/record.ts";
import type { ApiId, KeyId, PolicyId } from "#contracts/ids.ts";
import type { Quarantined } from "#contracts/revision/snapshot.ts";

/** A tenant's own database: APIs, policies, keys, revisions, nodes, analytics. One tenant, so no organisation column. */

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
const createdAt = () => at("created_at").notNull().defaultNow();
const updatedAt = () => at("updated_at").notNull().defaultNow();

/** One row: the counters that a transaction takes in turn, so that numbers have neither gaps nor twins. */
export const planeState = pgTable("plane_state", {
  id: integer("id").primaryKey(),
  revision: integer("revision").notNull().default(0),
  keyCursor: integer("key_cursor").notNull().default(0),
  auditSeq: integer("audit_seq").notNull().default(0),
  auditHash: text("audit_hash").notNull().default(""),
});

export const apis = pgTable(
  "apis",
  {
    id: text("id").$type<ApiId>().primaryKey(),
    name: text("name").notNull(),
    /** Empty: any host. */
    listenHost: text("listen_host").notNull(),
    listenPath: text("listen_path").notNull(),
    settings: jsonb("settings").$type<Omit<ApiInput, "document">>().notNull(),
    document: text("document"),
    /** Of the document, counted when it was saved: a list must not parse a thousand documents. */
    operationCount: integer("operation_count").notNull().default(0),
    /** What gateways load of it, as canonical JSON: a publication puts these texts together and parses none. */
    resolved: text("resolved").notNull().default(""),
    version: integer("version").notNull().default(1),
    /** The revision that first carries this version. */
    revision: integer("revision"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [uniqueIndex("apis_listen").on(table.listenHost, table.listenPath)],
);

export const policies = pgTable("policies", {
  id: text("id").$type<PolicyId>().primaryKey(),
  name: text("name").notNull(),
  body: jsonb("body").$type<PolicyBody>().notNull(),
  version: integer("version").notNull().default(1),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

export const keys = pgTable(
  "keys",
  {
    id: text("id").$type<KeyId>().primaryKey(),
    /** SHA-256 of the key; the key itself is nowhere. */
    hash: text("hash").notNull(),
    hint: text("hint").notNull(),
    name: text("name").notNull(),
    record: jsonb("record").$type<KeyRecord>().notNull(),
    version: integer("version").notNull().default(1),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
    revokedAt: at("revoked_at"),
  },
  (table) => [uniqueIndex("keys_hash").on(table.hash)],
);

/** What gateways are told of themselves: one row for all clusters, and one for each cluster that has its own. */
export const gatewaySettings = pgTable("gateway_settings", {
  /** `environment`, or a cluster's id. */
  scope: text("scope").primaryKey(),
  body: jsonb("body").$type<GatewaySettingsInput>().notNull(),
  version: integer("version").notNull().default(1),
  /** The revision that first carries this version. */
  revision: integer("revision"),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

/** Immutable and numbered; `body` is the whole configuration, of which each cluster gets its share. */
export const revisions = pgTable("revisions", {
  revision: integer("revision").primaryKey(),
  body: text("body").notNull(),
  hash: text("hash").notNull(),
  summary: text("summary").notNull(),
  actor: jsonb("actor").$type<Actor>().notNull(),
  apis: integer("apis").notNull(),
  policies: integer("policies").notNull(),
  createdAt: createdAt(),
});

/** The log that nodes catch up from. `key` is null when it was revoked. */
export const keyEvents = pgTable("key_events", {
  cursor: integer("cursor").primaryKey(),
  hash: text("hash").notNull(),
  key: jsonb("key").$type<KeyRecord>(),
  at: at("at").notNull().defaultNow(),
});

/** What each node said last, in its own words. */
export const nodes = pgTable("nodes", {
  id: text("id").primaryKey(),
  cluster: text("cluster").notNull(),
  tags: jsonb("tags").$type<string[]>().notNull(),
  hostname: text("hostname").notNull(),
  version: text("version").notNull(),
  /** What it can do beyond the link's first version: snapshots are made to it. */
  capabilities: jsonb("capabilities").$type<string[]>().notNull().default([]),
  listen: text("listen").notNull(),
  connected: integer("connected").notNull(),
  startedAt: at("started_at").notNull(),
  lastSeenAt: at("last_seen_at").notNull(),
  desired: jsonb("desired").$type<{ revision: number; hash: string }>(),
  applied: jsonb("applied").$type<{ revision: number; hash: string }>(),
  rejected: jsonb("rejected").$type<{ revision: number; entity: string; reason: string }>(),
  quarantined: jsonb("quarantined").$type<Quarantined[]>().notNull().default([]),
  figures: jsonb("figures").$type<NodeFigures>(),
  retiredAt: at("retired_at"),
});

export interface NodeFigures {
  load: number;
  connections: number;
  rps: number;
  errorShare: number;
  memoryBytes: number;
  clockSkewMs: number | null;
  spoolBatches: number;
  droppedRecords: number;
}

/** One row an entry of a batch: histograms as parallel arrays, so that SQL merges them. */
export const calls = pgTable(
  "calls",
  {
    /** Start of the ten-second window. */
    at: at("at").notNull(),
    cluster: text("cluster").notNull(),
    api: text("api"),
    operation: text("operation"),
    key: text("key"),
    method: text("method").notNull(),
    status: integer("status").notNull(),
    reason: text("reason"),
    count: integer("count").notNull(),
    requestBytes: bigint("request_bytes", { mode: "number" }).notNull(),
    responseBytes: bigint("response_bytes", { mode: "number" }).notNull(),
    totalBuckets: integer("total_buckets").array().notNull(),
    totalCounts: integer("total_counts").array().notNull(),
    upstreamBuckets: integer("upstream_buckets").array().notNull(),
    upstreamCounts: integer("upstream_counts").array().notNull(),
  },
  (table) => [index("calls_at").on(table.at)],
);

/** A batch counts once, however often it arrives. */
export const callBatches = pgTable(
  "call_batches",
  {
    batchId: text("batch_id").primaryKey(),
    node: text("node").notNull(),
    receivedAt: at("received_at").notNull(),
    droppedRecords: integer("dropped_records").notNull(),
  },
  (table) => [index("call_batches_received").on(table.receivedAt)],
);

export const audit = pgTable("audit", {
  seq: integer("seq").primaryKey(),
  id: text("id").notNull(),
  atMs: bigint("at_ms", { mode: "number" }).notNull(),
  actor: jsonb("actor").$type<Actor>().notNull(),
  action: text("action").notNull(),
  target: jsonb("target").$type<{ kind: string; id: string; name: string }>().notNull(),
  diff: jsonb("diff").$type<Record<string, { before?: unknown; after?: unknown }>>().notNull(),
  previousHash: text("previous_hash").notNull(),
  hash: text("hash").notNull(),
});
