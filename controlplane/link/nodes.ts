import { and, asc, eq, isNull } from "drizzle-orm";
import type { NodeCredentialClaims } from "#contracts/link/enrolment.ts";
import type { Heartbeat, Hello } from "#contracts/link/messages.ts";
import type { PlaneNode } from "#contracts/plane/entities.ts";
import { TAKES_SETTINGS } from "#contracts/revision/snapshot.ts";
import { nodes } from "#drizzle/controlplane/schema.ts";
import type { Plane } from "../plane.ts";
import type { Snapshots } from "../revisions/snapshots.ts";

/** What nodes say, written down as they say it. */

/** More than any version has; the rest of a longer list would not be understood. */
const MOST_CAPABILITIES = 100;

export async function isRetired(plane: Plane, node: string): Promise<boolean> {
  const [row] = await plane.db.select({ retiredAt: nodes.retiredAt }).from(nodes).where(eq(nodes.id, node));
  return row?.retiredAt != null;
}

export async function writeHello(plane: Plane, claims: NodeCredentialClaims, hello: Hello): Promise<void> {
  const said = {
    cluster: claims.cluster as string,
    tags: claims.tags,
    hostname: hello.hostname,
    version: hello.version,
    capabilities: hello.capabilities.slice(0, MOST_CAPABILITIES),
    listen: hello.listen,
    connected: 1,
    startedAt: new Date(hello.startedAtMs),
    lastSeenAt: new Date(plane.clock.now()),
    applied: hello.applied,
  };
  await plane.db
    .insert(nodes)
    .values({ id: claims.sub, ...said })
    .onConflictDoUpdate({ target: nodes.id, set: said });
}

export async function writeApplied(
  plane: Plane,
  node: string,
  said: { revision: number; hash: string; quarantined: PlaneNode["quarantined"] },
): Promise<void> {
  await plane.db
    .update(nodes)
    .set({
      applied: { revision: said.revision, hash: said.hash },
      quarantined: said.quarantined,
      rejected: null,
      lastSeenAt: new Date(plane.clock.now()),
    })
    .where(eq(nodes.id, node));
}

export async function writeRejected(
  plane: Plane,
  node: string,
  said: NonNullable<PlaneNode["rejected"]>,
): Promise<void> {
  await plane.db
    .update(nodes)
    .set({ rejected: said, lastSeenAt: new Date(plane.clock.now()) })
    .where(eq(nodes.id, node));
}

export async function writeHeartbeat(plane: Plane, node: string, said: Heartbeat): Promise<void> {
  await plane.db
    .update(nodes)
    .set({
      lastSeenAt: new Date(plane.clock.now()),
      figures: {
        load: said.load,
        connections: said.connections,
        rps: said.rps,
        errorShare: said.errors,
        memoryBytes: said.memoryBytes,
        clockSkewMs: said.clockSkewMs,
        spoolBatches: said.spool.batches,
        droppedRecords: said.spool.droppedRecords,
      },
    })
    .where(eq(nodes.id, node));
}

export async function writeGone(plane: Plane, node: string): Promise<void> {
  await plane.db
    .update(nodes)
    .set({ connected: 0, lastSeenAt: new Date(plane.clock.now()) })
    .where(eq(nodes.id, node));
}

/** Nodes of a cluster that are connected to any process of this plane; the one that asks is, so at least one. */
export async function countConnected(plane: Plane, cluster: string): Promise<number> {
  const standing = and(eq(nodes.cluster, cluster), eq(nodes.connected, 1), isNull(nodes.retiredAt));
  return Math.max(1, await plane.db.$count(nodes, standing));
}

/** At the start nobody is connected: what an earlier process wrote is no longer so. */
export async function forgetConnections(plane: Plane): Promise<void> {
  await plane.db.update(nodes).set({ connected: 0 });
}

/** Also for a node that never called: its credential is good for a day, and would let it in with its first hello. */
export async function writeRetired(plane: Plane, node: string): Promise<void> {
  const now = new Date(plane.clock.now());
  const unheard = { cluster: "", tags: [], hostname: "", version: "", listen: "", startedAt: now, lastSeenAt: now };
  const retired = { retiredAt: now, connected: 0 };
  await plane.db
    .insert(nodes)
    .values({ id: node, ...unheard, ...retired })
    .onConflictDoUpdate({ target: nodes.id, set: retired });
}

export async function listNodes(plane: Plane, snapshots: Snapshots): Promise<PlaneNode[]> {
  const rows = await plane.db
    .select()
    .from(nodes)
    .where(isNull(nodes.retiredAt))
    .orderBy(asc(nodes.hostname), asc(nodes.id));
  return rows.map((row) => {
    const { revision, hash } = snapshots.for(row);
    const { figures } = row;
    return {
      id: row.id,
      cluster: row.cluster,
      connected: row.connected === 1,
      hostname: row.hostname,
      version: row.version,
      listen: row.listen,
      lastSeenAt: row.lastSeenAt.toISOString(),
      startedAt: row.startedAt.toISOString(),
      desired: { revision, hash },
      applied: row.applied,
      rejected: row.rejected,
      quarantined: row.quarantined,
      takesSettings: row.capabilities.includes(TAKES_SETTINGS),
      load: figures?.load ?? null,
      connections: figures?.connections ?? null,
      rps: figures?.rps ?? null,
      errorShare: figures?.errorShare ?? null,
      memoryBytes: figures?.memoryBytes ?? null,
      clockSkewMs: figures?.clockSkewMs ?? null,
      spoolBatches: figures?.spoolBatches ?? null,
      droppedRecords: figures?.droppedRecords ?? null,
    };
  });
}
