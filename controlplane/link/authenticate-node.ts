import { createPublicKey, verify } from "node:crypto";
import { jwtVerify } from "jose";
import { nodeCredentialClaims, type NodeCredentialClaims } from "#contracts/link/enrolment.ts";
import { helloSigningInput } from "#contracts/link/messages.ts";
import type { Plane } from "../plane.ts";

/** A node's clock may differ by this much before its credential is refused. */
const SKEW_SECONDS = 900;

/** Checks a node credential offline: the console's signature, this plane as audience, its life. Null when refused. */
export async function authenticateNode(
  plane: Plane,
  authorization: string | undefined,
): Promise<NodeCredentialClaims | null> {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
  if (!token) return null;
  try {
    const { payload } = await jwtVerify(token, plane.consoleKey, {
      algorithms: ["EdDSA"],
      issuer: "causeway-console",
      audience: plane.env.CAUSEWAY_PLANE_ID,
      clockTolerance: SKEW_SECONDS,
      currentDate: new Date(plane.clock.now()),
    });
    const claims = nodeCredentialClaims.safeParse(payload);
    return claims.success && claims.data.org === plane.env.CAUSEWAY_ORG ? claims.data : null;
  } catch (error) {
    plane.log.info({ err: error }, "a node credential was refused");
    return null;
  }
}

/** Whoever presents the credential also holds the node's private key: a stolen credential alone opens nothing. */
export function provesKey(claims: NodeCredentialClaims, challenge: string, proof: string): boolean {
  const key = createPublicKey({ key: claims.cnf.jwk, format: "jwk" });
  return verify(null, Buffer.from(helloSigningInput(claims.sub, challenge)), key, Buffer.from(proof, "base64url"));
}
