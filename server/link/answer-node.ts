import { and, eq, isNull } from "drizzle-orm";
import { SignJWT } from "jose";
import { AppError } from "#base/errors.ts";
import type { EnrolResponse } from "#contracts/link/enrolment.ts";
import { deployments, type nodes } from "#drizzle/console/schema.ts";
import type { Deps } from "../deps.ts";

const CREDENTIAL_SECONDS = 24 * 3_600;

/** Where the node's control plane is, how to check its revisions, and a credential for a day. */
export async function answerNode(deps: Deps, node: typeof nodes.$inferSelect): Promise<EnrolResponse> {
  const [cluster] = await deps.db.select().from(deployments).where(eq(deployments.id, node.clusterId));
  if (!cluster || cluster.destroyedAt) throw new AppError("gone", "The cluster of this node was destroyed.");
  const [plane] = await deps.db
    .select()
    .from(deployments)
    .where(
      and(
        eq(deployments.environmentId, cluster.environmentId),
        eq(deployments.kind, "control_plane"),
        isNull(deployments.destroyedAt),
      ),
    );
  if (plane?.outputs?.kind !== "control_plane")
    throw new AppError(
      "unavailable",
      "The control plane of this cluster is not up yet. The node will try again by itself.",
      {
        retryAfterSeconds: 1,
      },
    );
  const issuedAt = Math.floor(deps.clock.now() / 1_000);
  const tags = "tags" in cluster.settings ? cluster.settings.tags : [];
  const credential = await new SignJWT({
    cluster: cluster.id,
    environment: cluster.environmentId,
    org: cluster.orgId,
    tags: [...new Set([...tags, ...node.tags])],
    cnf: { jwk: { kty: "OKP", crv: "Ed25519", x: node.publicKey } },
  })
    .setProtectedHeader({ alg: "EdDSA" })
    .setIssuer("causeway-console")
    .setAudience(plane.id)
    .setSubject(node.id)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + CREDENTIAL_SECONDS)
    .sign(deps.signingKey);
  return {
    node: node.id,
    cluster: cluster.id,
    linkUrl: plane.outputs.linkUrl,
    revisionPublicKey: plane.outputs.revisionPublicKey,
    credential,
    credentialExpiresAtMs: (issuedAt + CREDENTIAL_SECONDS) * 1_000,
  };
}
