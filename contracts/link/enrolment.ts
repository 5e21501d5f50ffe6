import { z } from "zod";
import { deploymentId, environmentId, nodeId, orgId, tag } from "../ids.ts";

/** Ed25519 public key, raw 32 bytes in base64url. */
export const publicKey = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "expected an Ed25519 public key in base64url");

/** `POST {CAUSEWAY_URL}/api/v1/link/enrol`. A retry with the same key pair is the same node. */
export const enrolRequest = z.strictObject({
  token: z.string().max(200),
  publicKey,
  hostname: z.string().max(253),
  version: z.string().max(50),
  capabilities: z.array(z.string().max(50)).max(100),
  tags: z.array(tag).max(50).default([]),
});
export type EnrolRequest = z.infer<typeof enrolRequest>;

export const enrolResponse = z.object({
  node: nodeId,
  cluster: deploymentId,
  /** `ws://…/link/v1` of the tenant's control plane. */
  linkUrl: z.string(),
  /** Verifies snapshots. */
  revisionPublicKey: publicKey,
  /** JWT; see `nodeCredentialClaims`. */
  credential: z.string(),
  credentialExpiresAtMs: z.int(),
});
export type EnrolResponse = z.infer<typeof enrolResponse>;

/** Claims of a node credential: signed by the console (EdDSA), checked offline by the control plane. */
export const nodeCredentialClaims = z.object({
  iss: z.literal("causeway-console"),
  /** The control plane's deployment id. */
  aud: deploymentId,
  sub: nodeId,
  iat: z.int(),
  exp: z.int(),
  cluster: deploymentId,
  environment: environmentId,
  org: orgId,
  tags: z.array(tag),
  /** RFC 7800: the node's public key, whose owner signs `hello`. */
  cnf: z.object({ jwk: z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: publicKey }) }),
});
export type NodeCredentialClaims = z.infer<typeof nodeCredentialClaims>;

/** `POST /api/v1/link/challenge` then `POST /api/v1/link/renew`: proof of the key pair in place of a token. */
export const challengeRequest = z.strictObject({ node: nodeId });
export const challengeResponse = z.object({ challenge: z.string() });
export const renewRequest = z.strictObject({
  node: nodeId,
  challenge: z.string().max(500),
  signature: z.string().max(200),
});
export const renewResponse = enrolResponse;

/** What a node signs to renew. */
export function renewSigningInput(node: string, challenge: string): string {
  return `causeway-renew.v1\n${node}\n${challenge}`;
}
