import { and, eq, isNull } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import { newId } from "#base/id.ts";
import { seal } from "#base/seal.ts";
import type { DeploymentSettings } from "#contracts/deployment/deployment.ts";
import type { DeploymentId, EnvironmentId } from "#contracts/ids.ts";
import { deployments } from "#drizzle/console/schema.ts";
import type { Tx } from "../db/database.ts";
import { slugOf } from "../orgs/slug.ts";
import type { OrgScope } from "../scope.ts";

export type DeploymentRow = typeof deployments.$inferSelect;

/** A deployment's row with its own sealed secret. A hybrid cluster is live at once: nothing is provisioned for it. */
export async function insertDeployment(
  tx: Tx,
  scope: OrgScope,
  input: { environmentId: EnvironmentId; name: string; region: string | null; settings: DeploymentSettings },
): Promise<DeploymentRow> {
  const { deps } = scope;
  const slug = slugOf(input.name, "cluster");
  const [taken] = await tx
    .select({ id: deployments.id })
    .from(deployments)
    .where(
      and(
        eq(deployments.environmentId, input.environmentId),
        eq(deployments.slug, slug),
        isNull(deployments.destroyedAt),
      ),
    );
  if (taken)
    throw new AppError("conflict", "A cluster of this name exists in this environment. Choose another name.", {
      fields: [{ path: "name", message: "is taken" }],
    });
  const id = newId("dep", deps.clock.now(), deps.random) as DeploymentId;
  const [row] = await tx
    .insert(deployments)
    .values({
      id,
      orgId: scope.org.id,
      environmentId: input.environmentId,
      kind: input.settings.kind,
      name: input.name.trim(),
      slug,
      region: input.region,
      state: input.settings.kind === "hybrid_cluster" ? "live" : "pending",
      settings: input.settings,
      sealedSecret: seal(deps.env.CAUSEWAY_SECRET_KEY, deps.random(32), id),
    })
    .returning();
  return row!;
}
