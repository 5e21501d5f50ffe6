import { z } from "zod";
import { parseEnv } from "#base/env.ts";
import { deploymentId, environmentId, orgId } from "#contracts/ids.ts";
import { publicKey } from "#contracts/link/enrolment.ts";

/** A control plane's environment; the provisioner sets all of it. */
export const planeEnv = z.object({
  CAUSEWAY_PLANE_ID: deploymentId,
  CAUSEWAY_ORG: orgId,
  CAUSEWAY_ENVIRONMENT: environmentId,
  DATABASE_URL: z.url(),
  /** `host:port`; port 0 takes a free one. */
  CAUSEWAY_LISTEN: z.string().regex(/^.+:\d+$/, "expected host:port"),
  /** Checks management tokens and node credentials. */
  CAUSEWAY_CONSOLE_PUBLIC_KEY: publicKey,
  /** Ed25519, PKCS8 DER in base64url: signs this tenant's revisions. */
  CAUSEWAY_REVISION_SIGNING_KEY: z.base64url(),
  CAUSEWAY_MIGRATIONS_DIR: z.string().optional(),
  CAUSEWAY_LOG_LEVEL: z.string().default("info"),
});
export type PlaneEnv = z.infer<typeof planeEnv>;

export const readPlaneEnv = (source?: NodeJS.ProcessEnv): PlaneEnv => parseEnv(planeEnv, source);
