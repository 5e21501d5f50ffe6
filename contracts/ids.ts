import { z } from "zod";

/** 26 characters of Crockford base32: a UUIDv7, so that ids sort by time of creation. */
const body = "[0-9a-hjkmnp-tv-z]{26}";

function idOf<const Prefix extends string>(prefix: Prefix) {
  return z
    .string()
    .regex(new RegExp(`^${prefix}_${body}$`), `expected an id that starts with ${prefix}_`)
    .brand<Prefix>();
}

export const orgId = idOf("org");
export const userId = idOf("usr");
export const teamId = idOf("tem");
export const environmentId = idOf("env");
export const deploymentId = idOf("dep");
export const nodeId = idOf("nod");
export const runId = idOf("run");
export const enrolmentTokenId = idOf("tok");
export const apiTokenId = idOf("pat");
export const auditId = idOf("aud");
export const apiId = idOf("api");
export const policyId = idOf("pol");
export const keyId = idOf("key");
export const revisionId = idOf("rev");

export type OrgId = z.infer<typeof orgId>;
export type UserId = z.infer<typeof userId>;
export type TeamId = z.infer<typeof teamId>;
export type EnvironmentId = z.infer<typeof environmentId>;
export type DeploymentId = z.infer<typeof deploymentId>;
export type NodeId = z.infer<typeof nodeId>;
export type RunId = z.infer<typeof runId>;
export type EnrolmentTokenId = z.infer<typeof enrolmentTokenId>;
export type ApiTokenId = z.infer<typeof apiTokenId>;
export type AuditId = z.infer<typeof auditId>;
export type ApiId = z.infer<typeof apiId>;
export type PolicyId = z.infer<typeof policyId>;
export type KeyId = z.infer<typeof keyId>;
export type RevisionId = z.infer<typeof revisionId>;

/** A name in a URL: lower-case letters, digits, inner dashes; 1–40 characters. */
export const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, "use lower-case letters, digits and inner dashes, at most 40");

/**
 * What an API, policy or key is called inside a configuration. Files choose their own (`orders`); the control plane uses
 * its ids, which have this shape too.
 */
export const entityId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "use letters, digits, dots, dashes and underscores, at most 64");

/** A tag for sharding: a cluster loads the APIs that carry one of its tags, and the APIs that carry none. */
export const tag = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,39}$/, "use letters, digits and . _ : -, at most 40");
