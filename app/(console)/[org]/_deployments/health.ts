import type { Deployment, Environment, GatewayNode } from "#app/_trpc/views.ts";
import type { Tone } from "#app/_ui/state.tsx";

export interface Look {
  label: string;
  tone: Tone;
}

/** How each state of a deployment reads. */
export const deploymentLooks = {
  pending: { label: "Waiting", tone: "busy" },
  provisioning: { label: "Coming up", tone: "busy" },
  live: { label: "Live", tone: "good" },
  failed: { label: "Failed", tone: "bad" },
  destroying: { label: "Being destroyed", tone: "busy" },
  destroyed: { label: "Destroyed", tone: "still" },
} as const satisfies Record<Deployment["state"], Look>;

/**
 * How a cluster reads. A hybrid one is live from its creation, before anything runs: only its nodes, where they are
 * known, make it so in the words of people.
 */
export function clusterLook({ kind, state }: Pick<Deployment, "kind" | "state">, connectedNodes?: number): Look {
  if (kind !== "hybrid_cluster" || state !== "live" || (connectedNodes ?? 0) > 0) return deploymentLooks[state];
  return connectedNodes === 0 ? { label: "No node connected", tone: "still" } : { label: "Takes nodes", tone: "still" };
}

export const nodeLooks = {
  connected: { label: "Connected", tone: "good" },
  disconnected: { label: "Disconnected", tone: "bad" },
  never_connected: { label: "Never connected", tone: "still" },
  revoked: { label: "Retired", tone: "still" },
  unknown: { label: "Not known", tone: "signal" },
} as const satisfies Record<GatewayNode["status"], Look>;

/** The worst of what stands in an environment, in one word. */
export function environmentHealth(environment: Environment): Look {
  const standing = [environment.controlPlane, ...environment.clusters].filter((one) => one !== null);
  const states = new Set(standing.map(({ state }) => state));
  if (states.has("failed")) return { label: "Needs attention", tone: "signal" };
  for (const state of ["destroying", "provisioning", "pending"] as const)
    if (states.has(state)) return state === "pending" ? deploymentLooks.provisioning : deploymentLooks[state];
  return states.has("live") ? deploymentLooks.live : { label: "Nothing deployed", tone: "still" };
}

/** What a node runs against what it should run, in its own words. */
export function revisionLook(node: Pick<GatewayNode, "live">): Look & { detail?: string } {
  const { live } = node;
  if (!live?.desired) return { label: "No revision", tone: "still" };
  if (live.rejected?.revision === live.desired.revision)
    return {
      label: `Rejected ${live.rejected.revision}`,
      tone: "signal",
      detail: `${live.rejected.entity}: ${live.rejected.reason}`,
    };
  if (live.applied?.revision === live.desired.revision)
    return { label: `Applied ${live.applied.revision}`, tone: "good" };
  const from = live.applied ? `${live.applied.revision} → ` : "";
  return { label: `${from}${live.desired.revision}`, tone: "busy" };
}
