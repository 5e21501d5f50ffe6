import { and, eq, isNull, ne } from "drizzle-orm";
import { deploymentId } from "#contracts/ids.ts";
import { deployments, environments } from "#drizzle/console/schema.ts";
import type { Tx } from "../db/database.ts";
import { notFound, type OrgScope } from "../scope.ts";
import type { DeploymentRow } from "./insert-deployment.ts";

/** A cluster of the organisation that still stands, by id; with `environment`, of that environment only. */
export async function findCluster(
  tx: Tx,
  scope: OrgScope,
  reference: string,
  environment?: string,
): Promise<DeploymentRow> {
  const id = deploymentId.safeParse(reference);
  if (!id.success) throw notFound("cluster");
  const [row] = await tx
    .select({ deployment: deployments, environment: environments })
    .from(deployments)
    .innerJoin(environments, eq(environments.id, deployments.environmentId))
    .where(
      and(
        eq(deployments.orgId, scope.org.id),
        eq(deployments.id, id.data),
        ne(deployments.kind, "control_plane"),
        isNull(deployments.destroyedAt),
      ),
    );
  const matches = row && (!environment || row.environment.slug === environment || row.environment.id === environment);
  if (!matches) throw notFound("cluster");
  return row.deployment;
}
