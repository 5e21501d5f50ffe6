import type { z } from "zod";
import { AppError } from "#base/errors.ts";
import { newId } from "#base/id.ts";
import { hashToken, newToken } from "#base/token.ts";
import type { enrolmentTokenCreated } from "#contracts/console/views.ts";
import type { EnrolmentTokenId } from "#contracts/ids.ts";
import { enrolmentTokens } from "#drizzle/console/schema.ts";
import { recordAudit } from "../audit/record-audit.ts";
import type { DeploymentRow } from "../clusters/insert-deployment.ts";
import { findCluster } from "../clusters/find-cluster.ts";
import { forOrg, type Tx } from "../db/database.ts";
import type { OrgScope } from "../scope.ts";
import { installCommands } from "./install-commands.ts";
import { viewToken } from "./list-enrolment-tokens.ts";

export type CreatedToken = z.infer<typeof enrolmentTokenCreated>;

export interface NewToken {
  name: string;
  /** At most 30 days. */
  expiresInHours: number;
  /** Null: any number of nodes until it expires. */
  maxUses: number | null;
}

export async function createEnrolmentToken(
  scope: OrgScope,
  input: NewToken & { cluster: string; environment?: string },
): Promise<CreatedToken> {
  return forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const cluster = await findCluster(tx, scope, input.cluster, input.environment);
    if (cluster.kind !== "hybrid_cluster")
      throw new AppError("conflict", "Cloud clusters enrol their own nodes. Create a hybrid cluster to bring yours.");
    return insertEnrolmentToken(tx, scope, cluster, input);
  });
}

export async function insertEnrolmentToken(
  tx: Tx,
  scope: OrgScope,
  cluster: DeploymentRow,
  input: NewToken,
): Promise<CreatedToken> {
  const { deps } = scope;
  const token = newToken("enrol", deps.random);
  const now = deps.clock.now();
  const [row] = await tx
    .insert(enrolmentTokens)
    .values({
      id: newId("tok", now, deps.random) as EnrolmentTokenId,
      orgId: scope.org.id,
      clusterId: cluster.id,
      name: input.name,
      hash: hashToken(token),
      hint: token.slice(0, 14),
      expiresAt: new Date(now + input.expiresInHours * 3_600_000),
      maxUses: input.maxUses,
      createdBy: scope.actor,
      createdAt: new Date(now),
    })
    .returning();
  await recordAudit(tx, scope, {
    action: "enrolmentToken.create",
    target: { kind: "enrolmentToken", id: row!.id, name: input.name },
    environmentId: cluster.environmentId,
    diff: { cluster: { after: cluster.name }, expiresInHours: { after: input.expiresInHours } },
  });
  return { ...viewToken(row!, now), token, install: installCommands(deps.env, token) };
}
