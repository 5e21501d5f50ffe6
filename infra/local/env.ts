import { z } from "zod";

/** The supervisor's environment. */
export const regionEnv = z.object({
  CAUSEWAY_STATE_DIR: z.string().min(1),
  CAUSEWAY_LOCAL_SOCKET: z.string().min(1).max(100, "a Unix socket's path may have at most about 100 characters"),
  /** The console's port; the region's own range starts a hundred above it. */
  CAUSEWAY_PORT: z.coerce.number().int().min(1).max(64_000).default(3000),
  /** The machine's PostgreSQL, as a role that may make databases and roles. */
  DATABASE_URL: z.string().min(1),
  CAUSEWAY_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
});
