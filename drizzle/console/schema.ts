import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type {
  DeploymentKind,
  DeploymentOutputs,
  DeploymentSettings,
  DeploymentState,
} from "#contracts/deployment/deployment.ts";
import type { RunEventBody, RunFailure, RunKind, RunState } from "#contracts/deployment/run.ts";
import type { Actor, Role } from "#contracts/plane/claims.ts";
import type {
  ApiTokenId,
  AuditId,
  DeploymentId,
  EnrolmentTokenId,
  EnvironmentId,
  NodeId,
  OrgId,
  RunId,
  TeamId,
  UserId,
} from "#contracts/ids.ts";

/**
 * The console's database. Every table with `org_id` is a tenant's: row-level security (see the migration `tenant_walls`) lets
 * the console's role see the rows of `causeway.org` only; the worker and sign-in use the system role.
 */

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
const createdAt = () => at("created_at").notNull().defaultNow();

export const users = pgTable(
  "users",
  {
    id: text("id").$type<UserId>().primaryKey(),
    /** Lower case; the address is the account. */
    email: text("email").notNull(),
    name: text("name").notNull(),
    /** `argon2id$<memory KiB>$<passes>$<lanes>$<salt>$<tag>`; null for accounts of a provider. */
    passwordHash: text("password_hash"),
    emailVerifiedAt: at("email_verified_at"),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex("users_email").on(table.email)],
);

export const sessions = pgTable(
  "sessions",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: createdAt(),
    lastSeenAt: at("last_seen_at").notNull().defaultNow(),
    expiresAt: at("expires_at").notNull(),
    revokedAt: at("revoked_at"),
    /** When the password was last typed: destroying and making tokens ask for it anew after 15 minutes. */
    authenticatedAt: at("authenticated_at").notNull().defaultNow(),
    userAgent: text("user_agent").notNull().default(""),
    address: text("address").notNull().default(""),
  },
  (table) => [index("sessions_user").on(table.userId)],
);

/** One-time links: verify an address, reset a password. */
export const loginTokens = pgTable("login_tokens", {
  hash: text("hash").primaryKey(),
  userId: text("user_id")
    .$type<UserId>()
    .notNull()
    .references(() => users.id, { onDelete: "cascade" }),
  kind: text("kind").$type<"verify" | "reset">().notNull(),
  expiresAt: at("expires_at").notNull(),
  usedAt: at("used_at"),
});

/** Letters of the default set-up, which keeps them in place of sending: shown at `/outbox`. */
export const letters = pgTable("letters", {
  id: text("id").primaryKey(),
  recipient: text("recipient").notNull(),
  subject: text("subject").notNull(),
  body: text("body").notNull(),
  link: text("link"),
  createdAt: createdAt(),
});

export const organisations = pgTable(
  "organisations",
  {
    id: text("id").$type<OrgId>().primaryKey(),
    slug: text("slug").notNull(),
    name: text("name").notNull(),
    /** Head of the audit chain: the next entry takes `auditSeq + 1` and names `auditHash`. */
    auditSeq: integer("audit_seq").notNull().default(0),
    auditHash: text("audit_hash").notNull().default(""),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex("organisations_slug").on(table.slug)],
);

export const memberships = pgTable(
  "memberships",
  {
    orgId: text("org_id")
      .$type<OrgId>()
      .notNull()
      .references(() => organisations.id, { onDelete: "cascade" }),
    userId: text("user_id")
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    role: text("role").$type<Role>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.userId] }), index("memberships_user").on(table.userId)],
);

export const teams = pgTable(
  "teams",
  {
    id: text("id").$type<TeamId>().primaryKey(),
    orgId: text("org_id")
      .$type<OrgId>()
      .notNull()
      .references(() => organisations.id, { onDelete: "cascade" }),
    slug: text("slug").notNull(),
    name: text("name").notNull(),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex("teams_slug").on(table.orgId, table.slug)],
);

export const environments = pgTable(
  "environments",
  {
    id: text("id").$type<EnvironmentId>().primaryKey(),
    orgId: text("org_id")
      .$type<OrgId>()
      .notNull()
      .references(() => organisations.id, { onDelete: "cascade" }),
    teamId: text("team_id")
      .$type<TeamId>()
      .notNull()
      .references(() => teams.id),
    slug: text("slug").notNull(),
    name: text("name").notNull(),
    kind: text("kind").$type<"development" | "staging" | "production">().notNull(),
    homeRegion: text("home_region").notNull(),
    createdAt: createdAt(),
    /** Set when its last deployment is gone. */
    destroyedAt: at("destroyed_at"),
  },
  (table) => [
    uniqueIndex("environments_slug")
      .on(table.orgId, table.slug)
      .where(sql`${table.destroyedAt} is null`),
    index("environments_org").on(table.orgId),
  ],
);

export const deployments = pgTable(
  "deployments",
  {
    id: text("id").$type<DeploymentId>().primaryKey(),
    orgId: text("org_id")
      .$type<OrgId>()
      .notNull()
      .references(() => organisations.id, { onDelete: "cascade" }),
    environmentId: text("environment_id")
      .$type<EnvironmentId>()
      .notNull()
      .references(() => environments.id),
    kind: text("kind").$type<DeploymentKind>().notNull(),
    name: text("name").notNull(),
    slug: text("slug").notNull(),
    /** Null for hybrid clusters: only their owner knows. */
    region: text("region"),
    state: text("state").$type<DeploymentState>().notNull(),
    settings: jsonb("settings").$type<DeploymentSettings>().notNull(),
    outputs: jsonb("outputs").$type<DeploymentOutputs>(),
    /** 32 random bytes, sealed with the operator's key (context: the id); every secret of the stack derives from them. */
    sealedSecret: text("sealed_secret").notNull(),
    /** Raised at each lease; whoever carries a smaller one is stale and refused. */
    epoch: integer("epoch").notNull().default(0),
    version: integer("version").notNull().default(1),
    createdAt: createdAt(),
    destroyedAt: at("destroyed_at"),
  },
  (table) => [
    uniqueIndex("deployments_slug")
      .on(table.environmentId, table.slug)
      .where(sql`${table.destroyedAt} is null`),
    index("deployments_org").on(table.orgId),
  ],
);

export const runs = pgTable(
  "runs",
  {
    id: text("id").$type<RunId>().primaryKey(),
    orgId: text("org_id")
      .$type<OrgId>()
      .notNull()
      .references(() => organisations.id, { onDelete: "cascade" }),
    environmentId: text("environment_id")
      .$type<EnvironmentId>()
      .notNull()
      .references(() => environments.id),
    deploymentId: text("deployment_id")
      .$type<DeploymentId>()
      .notNull()
      .references(() => deployments.id),
    kind: text("kind").$type<RunKind>().notNull(),
    state: text("state").$type<RunState>().notNull(),
    /** Starts only after that run has succeeded: a home cluster follows its control plane. */
    followsRunId: text("follows_run_id").$type<RunId>(),
    attempt: integer("attempt").notNull().default(0),
    /** The deployment's epoch that this lease raised it to. */
    epoch: integer("epoch").notNull().default(0),
    leasedBy: text("leased_by"),
    heartbeatAt: at("heartbeat_at"),
    cancelRequestedAt: at("cancel_requested_at"),
    failure: jsonb("failure").$type<RunFailure>(),
    requestedBy: jsonb("requested_by").$type<Actor>().notNull(),
    /** Sequence of the last event; raised in the same statement that appends. */
    lastSeq: integer("last_seq").notNull().default(0),
    queuedAt: at("queued_at").notNull().defaultNow(),
    startedAt: at("started_at"),
    endedAt: at("ended_at"),
  },
  (table) => [
    // One active run a deployment: the second wall behind the service's own check.
    uniqueIndex("runs_one_active")
      .on(table.deploymentId)
      .where(sql`${table.state} in ('leased','planning','applying','verifying','cancelling','stalled')`),
    index("runs_org").on(table.orgId, table.queuedAt),
    index("runs_deployment").on(table.deploymentId),
  ],
);

export const runSteps = pgTable(
  "run_steps",
  {
    runId: text("run_id")
      .$type<RunId>()
      .notNull()
      .references(() => runs.id, { onDelete: "cascade" }),
    orgId: text("org_id").$type<OrgId>().notNull(),
    name: text("name").notNull(),
    position: integer("position").notNull(),
    attempt: integer("attempt").notNull().default(0),
    state: text("state").$type<"pending" | "running" | "succeeded" | "failed" | "skipped">().notNull(),
    startedAt: at("started_at"),
    endedAt: at("ended_at"),
    detail: text("detail"),
  },
  (table) => [primaryKey({ columns: [table.runId, table.name] })],
);

export const runEvents = pgTable(
  "run_events",
  {
    runId: text("run_id")
      .$type<RunId>()
      .notNull()
      .references(() => runs.id, { onDelete: "cascade" }),
    orgId: text("org_id").$type<OrgId>().notNull(),
    seq: integer("seq").notNull(),
    at: at("at").notNull().defaultNow(),
    body: jsonb("body").$type<RunEventBody>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.seq] })],
);

export const enrolmentTokens = pgTable(
  "enrolment_tokens",
  {
    id: text("id").$type<EnrolmentTokenId>().primaryKey(),
    orgId: text("org_id")
      .$type<OrgId>()
      .notNull()
      .references(() => organisations.id, { onDelete: "cascade" }),
    clusterId: text("cluster_id")
      .$type<DeploymentId>()
      .notNull()
      .references(() => deployments.id),
    name: text("name").notNull(),
    hash: text("hash").notNull(),
    hint: text("hint").notNull(),
    /** Null only for the token of a cloud cluster's own stack. */
    expiresAt: at("expires_at"),
    maxUses: integer("max_uses"),
    uses: integer("uses").notNull().default(0),
    /** CIDR ranges that may use it; empty: any. */
    addressRanges: jsonb("address_ranges").$type<string[]>().notNull().default([]),
    managed: boolean("managed").notNull().default(false),
    revokedAt: at("revoked_at"),
    createdBy: jsonb("created_by").$type<Actor>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex("enrolment_tokens_hash").on(table.hash),
    index("enrolment_tokens_cluster").on(table.clusterId),
  ],
);

export const nodes = pgTable(
  "nodes",
  {
    id: text("id").$type<NodeId>().primaryKey(),
    orgId: text("org_id")
      .$type<OrgId>()
      .notNull()
      .references(() => organisations.id, { onDelete: "cascade" }),
    clusterId: text("cluster_id")
      .$type<DeploymentId>()
      .notNull()
      .references(() => deployments.id),
    tokenId: text("token_id").$type<EnrolmentTokenId>(),
    publicKey: text("public_key").notNull(),
    hostname: text("hostname").notNull(),
    version: text("version").notNull(),
    tags: jsonb("tags").$type<string[]>().notNull().default([]),
    enrolledAt: at("enrolled_at").notNull().defaultNow(),
    renewedAt: at("renewed_at").notNull().defaultNow(),
    /** Retired or revoked: no further credential. */
    revokedAt: at("revoked_at"),
  },
  (table) => [uniqueIndex("nodes_key").on(table.clusterId, table.publicKey), index("nodes_org").on(table.orgId)],
);

export const apiTokens = pgTable(
  "api_tokens",
  {
    id: text("id").$type<ApiTokenId>().primaryKey(),
    orgId: text("org_id")
      .$type<OrgId>()
      .notNull()
      .references(() => organisations.id, { onDelete: "cascade" }),
    userId: text("user_id")
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    hash: text("hash").notNull(),
    hint: text("hint").notNull(),
    /** Never more than its maker's own role at the time of use. */
    role: text("role").$type<Role>().notNull(),
    expiresAt: at("expires_at"),
    lastUsedAt: at("last_used_at"),
    revokedAt: at("revoked_at"),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex("api_tokens_hash").on(table.hash), index("api_tokens_org").on(table.orgId)],
);

/** Hash-chained per organisation: `hash = sha256(previousHash + canonical entry)`. Rows are never changed. */
export const audit = pgTable(
  "audit",
  {
    id: text("id").$type<AuditId>().primaryKey(),
    orgId: text("org_id")
      .$type<OrgId>()
      .notNull()
      .references(() => organisations.id, { onDelete: "cascade" }),
    seq: integer("seq").notNull(),
    at: at("at").notNull(),
    atMs: bigint("at_ms", { mode: "number" }).notNull(),
    actor: jsonb("actor").$type<Actor>().notNull(),
    action: text("action").notNull(),
    target: jsonb("target").$type<{ kind: string; id: string; name: string }>().notNull(),
    environmentId: text("environment_id").$type<EnvironmentId>(),
    diff: jsonb("diff").$type<Record<string, { before?: unknown; after?: unknown }>>().notNull(),
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [uniqueIndex("audit_seq").on(table.orgId, table.seq)],
);
