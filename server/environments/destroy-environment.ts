import { and, eq, isNull } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import type { RunId } from "#contracts/ids.ts";
import { deployments } from "#drizzle/console/schema.ts";
import { recordAudit } from "../audit/record-audit.ts";
import { startDestroy } from "../clusters/start-destroy.ts";
import { changeOrg } from "../orgs/change-org.ts";
import type { OrgScope } from "../scope.ts";
import { findEnvironment } from "./find-environment.ts";

/**
 * Destroys clusters first and the control plane last, one run after the other. `confirm` repeats the environment's name:
 * what goes cannot come back.
 */
export async function destroyEnvironment(
  scope: OrgScope,
  input: { environment: string; confirm: string },
): Promise<{ runs: RunId[] }> {
  return changeOrg(scope, async (tx) => {
    const environment = await findEnvironment(tx, scope, input.environment);
    demandConfirmation(input.confirm, environment.name);
    const rows = await tx
      .select()
      .from(deployments)
      .where(and(eq(deployments.environmentId, environment.id), isNull(deployments.destroyedAt)));
    const clustersFirst = rows.toSorted(
      (a, b) => Number(a.kind === "control_plane") - Number(b.kind === "control_plane"),
    );
    const runs: RunId[] = [];
    for (const row of clustersFirst) runs.push(await startDestroy(tx, scope, row, runs.at(-1)));
    await recordAudit(tx, scope, {
      action: "environment.destroy",
      target: { kind: "environment", id: environment.id, name: environment.name },
      environmentId: environment.id,
    });
    return { runs };
  });
}

export function demandConfirmation(typed: string, name: string): void {
  if (typed === name) return;
  throw new AppError("invalid", `Type ${name} to confirm.`, {
    fields: [{ path: "confirm", message: `expected ${name}` }],
  });
}
