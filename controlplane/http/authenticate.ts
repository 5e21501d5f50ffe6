import { jwtVerify } from "jose";
import { AppError } from "#base/errors.ts";
import { managementClaims, type ManagementClaims } from "#contracts/plane/claims.ts";
import type { Plane } from "../plane.ts";

/** Checks a management token: signed by the console, for this plane and tenant, within its minute. */
export async function authenticate(plane: Plane, authorization: string | undefined): Promise<ManagementClaims> {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
  const refused = (cause?: unknown) =>
    new AppError("unauthenticated", "The management token is missing, expired, or for another control plane.", {
      cause,
    });
  if (!token) throw refused();
  try {
    const { payload } = await jwtVerify(token, plane.consoleKey, {
      algorithms: ["EdDSA"],
      issuer: "causeway-console",
      audience: plane.env.CAUSEWAY_PLANE_ID,
      clockTolerance: 30,
      currentDate: new Date(plane.clock.now()),
    });
    const claims = managementClaims.parse(payload);
    if (claims.org !== plane.env.CAUSEWAY_ORG || claims.environment !== plane.env.CAUSEWAY_ENVIRONMENT) throw refused();
    return claims;
  } catch (error) {
    throw refused(error);
  }
}

/** Reading is for all roles; keys are for those who may hand them out; writing is not for viewers. */
export function demandRole(claims: ManagementClaims, write: boolean): void {
  if (!write || claims.role !== "viewer") return;
  throw new AppError("forbidden", "Your role (viewer) may not change anything here.");
}
