import { z } from "zod";

/**
 * What the supervisor and its clients say to each other, JSON over a Unix socket. Every PUT is idempotent: a name inside a
 * stack is the thing, so doing it twice does it once. A request may carry `x-causeway-epoch`; one smaller than the stack
 * has seen is refused.
 */
export const EPOCH_HEADER = "x-causeway-epoch";

/** A stack's name is its deployment's id: safe in a path, and without a dash, which is what ends it in longer names. */
export const stackName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, "use lower-case letters, digits and underscores, at most 40");
export const thingName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,19}$/, "use lower-case letters, digits and dashes, at most 20");

export const thingKind = z.enum(["services", "databases", "redis", "endpoints", "files"]);
export type ThingKind = z.infer<typeof thingKind>;

/**
 * A process in `replicas` copies. `args` and `env` may name what only a replica knows: `{{port.NAME}}`, `{{data}}` (its
 * folder, the same after each restart) and `{{slot}}`.
 */
export const serviceSpec = z.strictObject({
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
  replicas: z.int().min(1).max(16).default(1),
  ports: z.array(thingName).min(1).max(8),
  health: z.strictObject({
    port: thingName,
    /** Answers 2xx when the replica is ready for traffic. */
    path: z.string().startsWith("/"),
    startTimeoutMs: z.int().min(100).max(600_000).default(30_000),
  }),
  /** From SIGTERM to SIGKILL, for the connections that a leaving replica still has. */
  drainMs: z.int().min(0).max(600_000).default(15_000),
});
export type ServiceSpec = z.infer<typeof serviceSpec>;

export const databaseSpec = z.strictObject({ password: z.string().min(8) });
export const redisSpec = z.strictObject({
  password: z.string().min(8),
  maxMemoryMb: z.int().min(8).max(65_536).default(64),
});
/** A stable address before the replicas of `service` that are ready. */
export const endpointSpec = z.strictObject({ service: thingName, port: thingName });
export const fileSpec = z.strictObject({ content: z.string().max(1_000_000) });
export type DatabaseSpec = z.infer<typeof databaseSpec>;
export type RedisSpec = z.infer<typeof redisSpec>;
export type EndpointSpec = z.infer<typeof endpointSpec>;
export type FileSpec = z.infer<typeof fileSpec>;

export const replicaStatus = z.object({
  slot: z.int(),
  state: z.enum(["starting", "ready", "unready", "waiting", "stopping"]),
  pid: z.int().nullable(),
  ports: z.record(z.string(), z.int()),
  restarts: z.int(),
  /** Why the last process of this slot ended, or why it cannot start. */
  lastProblem: z.string().nullable(),
});
export const serviceStatus = z.object({ name: z.string(), replicas: z.array(replicaStatus) });
export const databaseStatus = z.object({ name: z.string(), url: z.string() });
export const redisStatus = z.object({ name: z.string(), port: z.int(), url: z.string() });
export const endpointStatus = z.object({ name: z.string(), port: z.int(), address: z.string() });
export const fileStatus = z.object({ name: z.string(), path: z.string() });
export type ReplicaStatus = z.infer<typeof replicaStatus>;
export type ServiceStatus = z.infer<typeof serviceStatus>;
export type DatabaseStatus = z.infer<typeof databaseStatus>;
export type RedisStatus = z.infer<typeof redisStatus>;
export type EndpointStatus = z.infer<typeof endpointStatus>;
export type FileStatus = z.infer<typeof fileStatus>;

/** Everything on this machine that carries a stack's name, as found and not as remembered. */
export const inventory = z.object({
  processes: z.array(z.object({ name: z.string(), pid: z.int() })),
  ports: z.array(z.object({ name: z.string(), port: z.int() })),
  databases: z.array(z.string()),
  files: z.array(z.string()),
});
export type Inventory = z.infer<typeof inventory>;

export const logLines = z.object({ lines: z.array(z.string()) });
export const healthStatus = z.object({ ok: z.literal(true), pid: z.int(), services: z.int(), unready: z.int() });
export const regionProblem = z.object({ code: z.string(), message: z.string() });
