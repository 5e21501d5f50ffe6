import { and, eq, isNull } from "drizzle-orm";
import { SignJWT } from "jose";
import { AppError } from "#base/errors.ts";
import type { DeploymentId, EnvironmentId } from "#contracts/ids.ts";
import { deployments } from "#drizzle/console/schema.ts";
import { forOrg } from "../db/database.ts";
import { findEnvironment } from "../environments/find-environment.ts";
import type { OrgScope } from "../scope.ts";
import { PlaneClient } from "./plane-client.ts";

/** A management token lives as long as one request may take, and a little. */
const TOKEN_SECONDS = 60;

/** A client of the environment's own control plane, in the name of the person or token that asks. */
export async function openPlane(scope: OrgScope, environment: string): Promise<PlaneClient> {
  const plane = await findPlane(scope, environment);
  if (plane) return plane;
  throw new AppError(
    "unavailable",
    "The control plane of this environment is not up yet. Watch its run, then try again.",
    { retryAfterSeconds: 5 },
  );
}

/** Null while the control plane is not up: nothing has happened there yet, and no node has called. */
export async function findPlane(scope: OrgScope, environment: string): Promise<PlaneClient | null> {
  const { deployment, environmentId } = await forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const row = await findEnvironment(tx, scope, environment);
    const [deployment] = await tx
      .select({ id: deployments.id, outputs: deployments.outputs })
      .from(deployments)
      .where(
        and(
          eq(deployments.environmentId, row.id),
          eq(deployments.kind, "control_plane"),
          isNull(deployments.destroyedAt),
        ),
      );
    return { deployment, environmentId: row.id };
  });
  if (deployment?.outputs?.kind !== "control_plane") return null;
  const token = await managementToken(scope, deployment.id, environmentId);
  return new PlaneClient(deployment.outputs.managementUrl, token);
}

function managementToken(scope: OrgScope, plane: DeploymentId, environment: EnvironmentId): Promise<string> {
  const nowSeconds = Math.floor(scope.deps.clock.now() / 1_000);
  return new SignJWT({ org: scope.org.id, environment, role: scope.role, actor: scope.actor })
    .setProtectedHeader({ alg: "EdDSA" })
    .setIssuer("causeway-console")
    .setAudience(plane)
    .setSubject(scope.actor.id)
    .setIssuedAt(nowSeconds)
    .setExpirationTime(nowSeconds + TOKEN_SECONDS)
    .sign(scope.deps.signingKey);
}
