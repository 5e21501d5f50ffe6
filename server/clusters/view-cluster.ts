import { and, desc, eq } from "drizzle-orm";
import type { z } from "zod";
import { AppError } from "#base/errors.ts";
import type { clusterDetail, nodeView } from "#contracts/console/views.ts";
import type { NodeId } from "#contracts/ids.ts";
import type { PlaneNode } from "#contracts/plane/entities.ts";
import { nodes } from "#drizzle/console/schema.ts";
import { recordAudit } from "../audit/record-audit.ts";
import { forOrg } from "../db/database.ts";
import { findPlane } from "../planes/open-plane.ts";
import { notFound, type OrgScope } from "../scope.ts";
import { findCluster } from "./find-cluster.ts";
import { viewDeployments } from "./view-deployment.ts";

export type ClusterDetail = z.infer<typeof clusterDetail>;
export type NodeView = z.infer<typeof nodeView>;

/** The console's register of nodes joined with what the control plane hears from them. */
export async function getCluster(
  scope: OrgScope,
  input: { cluster: string; environment?: string },
): Promise<ClusterDetail> {
  const { view, registered, environmentId } = await forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const row = await findCluster(tx, scope, input.cluster, input.environment);
    const [deployment] = await viewDeployments(tx, scope, [row]);
    const registered = await tx
      .select()
      .from(nodes)
      .where(and(eq(nodes.orgId, scope.org.id), eq(nodes.clusterId, row.id)))
      .orderBy(desc(nodes.enrolledAt));
    return { view: deployment!, registered, environmentId: row.environmentId };
  });
  const heard = await hearNodes(scope, environmentId);
  const live = new Map(heard?.map((node) => [node.id, node]));
  const list = registered.map((row): NodeView => {
    const said = live.get(row.id) ?? null;
    return {
      id: row.id,
      clusterId: row.clusterId,
      hostname: said?.hostname ?? row.hostname,
      version: said?.version ?? row.version,
      enrolledAt: row.enrolledAt.toISOString(),
      revokedAt: row.revokedAt?.toISOString() ?? null,
      status: statusOf(row.revokedAt, heard, said),
      live: said,
    };
  });
  return { ...view, nodes: list, planeReachable: heard !== null };
}

function statusOf(revokedAt: Date | null, heard: PlaneNode[] | null, said: PlaneNode | null): NodeView["status"] {
  if (revokedAt) return "revoked";
  if (!heard) return "unknown";
  if (!said) return "never_connected";
  return said.connected ? "connected" : "disconnected";
}

/** Null when the control plane cannot be asked: figures are then missing, not zero. */
async function hearNodes(scope: OrgScope, environment: string): Promise<PlaneNode[] | null> {
  try {
    const plane = await findPlane(scope, environment);
    return plane && (await plane.listNodes());
  } catch (error) {
    if (error instanceof AppError && error.code === "unavailable") return null;
    throw error;
  }
}

/** A node that is gone for good: no new credential, off the list, and told so when it calls. */
export async function retireNode(
  scope: OrgScope,
  input: { cluster: string; environment?: string; node: string },
): Promise<void> {
  const environmentId = await forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const cluster = await findCluster(tx, scope, input.cluster, input.environment);
    const [retired] = await tx
      .update(nodes)
      .set({ revokedAt: new Date(scope.deps.clock.now()) })
      .where(and(eq(nodes.id, input.node as NodeId), eq(nodes.clusterId, cluster.id)))
      .returning();
    if (!retired) throw notFound("node");
    await recordAudit(tx, scope, {
      action: "node.retire",
      target: { kind: "node", id: retired.id, name: retired.hostname },
      environmentId: cluster.environmentId,
    });
    return cluster.environmentId;
  });
  // A control plane that is not up has never heard of the node.
  const plane = await findPlane(scope, environmentId);
  await plane?.retireNode(input.node);
}
