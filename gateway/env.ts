import { z } from "zod";

const seconds = z.coerce.number().min(0).max(3_600);
const flag = z.enum(["0", "1"]).transform((value) => value === "1");

/** Everything that the gateway reads from its environment. Flags of the command line win over their variable. */
export const gatewayEnv = z.object({
  /** The console, for a gateway that is configured over the link: with CAUSEWAY_TOKEN, in place of --config. */
  CAUSEWAY_URL: z.url({ protocol: /^https?$/ }).optional(),
  CAUSEWAY_TOKEN: z.string().optional(),
  CAUSEWAY_TOKEN_FILE: z.string().optional(),
  CAUSEWAY_CONFIG: z.string().optional(),
  /** For a gateway whose APIs come over the link: a file of its own `settings` and `certificates`. */
  CAUSEWAY_SETTINGS: z.string().optional(),
  CAUSEWAY_LISTEN: z.string().optional(),
  /** The address that clients reach this node at, where it is not the one it listens on. */
  CAUSEWAY_LISTEN_PUBLIC: z.string().optional(),
  CAUSEWAY_ADMIN: z.string().optional(),
  CAUSEWAY_WORKERS: z.string().optional(),
  CAUSEWAY_REDIS: z.string().optional(),
  CAUSEWAY_TAGS: z.string().optional(),
  /** Opens /v1 of the admin address, as bearer. */
  CAUSEWAY_ADMIN_TOKEN: z.string().optional(),
  /** Node key, credential, generations, known keys, quotas and spool. */
  CAUSEWAY_DATA_DIR: z.string().default(".causeway-gateway"),
  /** One line of JSON a request: `stdout`, a file's path, or `off`. SIGHUP opens the file anew. */
  CAUSEWAY_ACCESS_LOG: z.string().default("off"),
  /** Exchanges of APIs with `recording`, a line of JSON each: `stdout`, a file's path, or `off`. SIGHUP opens the file anew. */
  CAUSEWAY_RECORDINGS: z.string().default("off"),
  /** How much of callers' addresses is in both. `truncated`: 24 bits of IPv4, 48 of IPv6. */
  CAUSEWAY_ACCESS_LOG_ADDRESSES: z.enum(["full", "truncated", "none"]).default("full"),
  CAUSEWAY_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  /** Proxies whose X-Forwarded-* fields are believed: addresses and CIDR ranges, by comma. */
  CAUSEWAY_TRUSTED_PROXIES: z.string().default(""),
  /** 1: refuse upstreams on private, loopback, link-local and metadata addresses. */
  CAUSEWAY_UPSTREAM_DENY_PRIVATE: flag.default(false),
  /** Exceptions from it: addresses and CIDR ranges, by comma. */
  CAUSEWAY_UPSTREAM_ALLOW: z.string().default(""),
  /** Who is asked about targets that are names to resolve: addresses, with a port where it is not 53, by comma. */
  CAUSEWAY_DNS_SERVERS: z.string().default(""),
  /** `exact` or `leased`, for a gateway whose configuration does not say. */
  CAUSEWAY_LIMITER: z.enum(["exact", "leased"]).optional(),
  /** Nodes that share each limit where there is no Redis, for a gateway of files; over the link they are counted. */
  CAUSEWAY_NODES: z.coerce.number().int().min(1).max(1_000).optional(),
  /** Where traces go, as OpenTelemetry names it: http://collector:4318. Absent: none are made. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** `name=value` by comma, percent-encoded: what the collector wants for its authentication. */
  OTEL_EXPORTER_OTLP_HEADERS: z.string().default(""),
  /** `none`: figures are not sent to the collector; they stay at /metrics. */
  OTEL_METRICS_EXPORTER: z.enum(["otlp", "none"]).default("otlp"),
  /** Milliseconds. */
  OTEL_METRIC_EXPORT_INTERVAL: z.coerce.number().int().min(100).default(10_000),
  OTEL_SERVICE_NAME: z.string().min(1).default("causeway-gateway"),
  /** Traces that came are recorded as their caller decided, others by ratio: the sampler that is called so is the one there is. */
  OTEL_TRACES_SAMPLER: z
    .enum(["parentbased_traceidratio", "parentbased_always_on", "parentbased_always_off"])
    .optional(),
  /** 0 to 1. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  /** How often secrets of Vault and AWS are read again. */
  CAUSEWAY_SECRETS_EVERY_SECONDS: z.coerce.number().min(1).max(86_400).default(60),
  /** After SIGTERM: how long connections are still taken, so that a balancer sees /readyz first. */
  CAUSEWAY_DRAIN_GRACE_SECONDS: seconds.default(1),
  /** After that: how long requests in flight may take. */
  CAUSEWAY_DRAIN_SECONDS: seconds.default(30),
  /** Room for analytics that wait for the control plane. */
  CAUSEWAY_SPOOL_BYTES: z.coerce
    .number()
    .int()
    .min(0)
    .default(64 * 1_024 * 1_024),
});
export type GatewayEnv = z.infer<typeof gatewayEnv>;
