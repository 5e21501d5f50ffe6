import { z } from "zod";
import { deploymentId, environmentId, orgId } from "../ids.ts";

export const role = z.enum(["owner", "admin", "developer", "viewer"]);
export type Role = z.infer<typeof role>;

/** Who did it, as audits name them. */
export const actor = z.strictObject({
  kind: z.enum(["user", "api_token", "system"]),
  id: z.string(),
  /** For people to read: an e-mail address, a token's name. */
  name: z.string(),
});
export type Actor = z.infer<typeof actor>;

/**
 * A management token: what the console presents to a tenant's control plane for one person or API token. JWT, EdDSA by
 * the console's key, 60 s. The plane checks it offline with the public key that it was provisioned with.
 */
export const managementClaims = z.object({
  iss: z.literal("causeway-console"),
  /** The control plane's deployment id: a token for one tenant opens no other. */
  aud: deploymentId,
  sub: z.string(),
  exp: z.int(),
  org: orgId,
  environment: environmentId,
  role,
  actor,
});
export type ManagementClaims = z.infer<typeof managementClaims>;
