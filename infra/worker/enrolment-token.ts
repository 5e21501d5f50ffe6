import { and, eq, isNull } from "drizzle-orm";
import { enrolmentTokens, nodes } from "#drizzle/console/schema.ts";
import { newId } from "#base/id.ts";
import { hashToken } from "#base/token.ts";
import type { EnrolmentTokenId } from "#contracts/ids.ts";
import type { Transaction } from "./database.ts";
import type { RunContext } from "./run-context.ts";

/** The stack's own enrolment token is derived, so it is the same each time: one row, however often the run is tried. */
export async function keepEnrolmentToken({ ledger, lease }: RunContext, token: string): Promise<void> {
  const { id: clusterId, orgId } = lease.deployment;
  await ledger.within((tx) =>
    tx
      .insert(enrolmentTokens)
      .values({
        // newId makes the shape that the brand stands for.
        id: newId("tok") as EnrolmentTokenId,
        orgId,
        clusterId,
        name: "managed nodes",
        hash: hashToken(token),
        hint: token.slice(0, 14),
        managed: true,
        createdBy: { kind: "system", id: "worker", name: "Causeway" },
      })
      .onConflictDoUpdate({ target: enrolmentTokens.hash, set: { revokedAt: null } }),
  );
}

/** No new node, and no further credential for the ones there are. */
export async function revokeCluster(
  tx: Transaction,
  clusterId: RunContext["lease"]["deployment"]["id"],
): Promise<void> {
  const revoked = { revokedAt: new Date() };
  await tx
    .update(enrolmentTokens)
    .set(revoked)
    .where(and(eq(enrolmentTokens.clusterId, clusterId), isNull(enrolmentTokens.revokedAt)));
  await tx
    .update(nodes)
    .set(revoked)
    .where(and(eq(nodes.clusterId, clusterId), isNull(nodes.revokedAt)));
}
