import type { RunId } from "#contracts/ids.ts";
import { recordAudit } from "../audit/record-audit.ts";
import { demandConfirmation } from "../environments/destroy-environment.ts";
import { changeOrg } from "../orgs/change-org.ts";
import type { OrgScope } from "../scope.ts";
import { findCluster } from "./find-cluster.ts";
import { startDestroy } from "./start-destroy.ts";

export async function destroyCluster(
  scope: OrgScope,
  input: { cluster: string; environment?: string; confirm: string },
): Promise<{ run: RunId }> {
  return changeOrg(scope, async (tx) => {
    const cluster = await findCluster(tx, scope, input.cluster, input.environment);
    demandConfirmation(input.confirm, cluster.name);
    const run = await startDestroy(tx, scope, cluster);
    await recordAudit(tx, scope, {
      action: "cluster.destroy",
      target: { kind: "cluster", id: cluster.id, name: cluster.name },
      environmentId: cluster.environmentId,
    });
    return { run };
  });
}
