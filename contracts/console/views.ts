import { z } from "zod";
import { deploymentKind, deploymentState, environmentKind } from "../deployment/deployment.ts";
import { region } from "../deployment/region.ts";
import { runEventBody, runFailure, runKind, runState, stepState } from "../deployment/run.ts";
import {
  apiTokenId,
  deploymentId,
  enrolmentTokenId,
  environmentId,
  nodeId,
  orgId,
  runId,
  slug,
  teamId,
  userId,
} from "../ids.ts";
import { apiDetail } from "../plane/apis.ts";
import { actor, role } from "../plane/claims.ts";
import { keyView, planeNode, policyView } from "../plane/entities.ts";
import { gatewaySettingsView } from "../plane/gateway-settings.ts";

/** What the console's procedures and the public REST API answer. Times are ISO 8601 strings. */

export const me = z.object({
  id: userId,
  email: z.string(),
  name: z.string(),
  emailVerified: z.boolean(),
  workspaces: z.array(z.object({ id: orgId, slug, name: z.string(), role })),
});

export const organisationView = z.object({
  id: orgId,
  slug,
  name: z.string(),
  role,
  /** What this member may do: the console hides what the server would refuse. */
  permissions: z.array(z.string()),
  teams: z.array(z.object({ id: teamId, slug, name: z.string() })),
});

export const regionView = region.omit({ target: true });

/** In short, for lists and the map. */
export const runSummary = z.object({
  id: runId,
  kind: runKind,
  state: runState,
  deploymentId,
  deploymentName: z.string(),
  environmentId,
  environmentSlug: slug,
  environmentName: z.string(),
  requestedBy: actor,
  queuedAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  failure: runFailure.nullable(),
});

export const runDetail = runSummary.extend({
  deploymentKind,
  region: z.string().nullable(),
  steps: z.array(
    z.object({
      name: z.string(),
      state: stepState,
      startedAt: z.string().nullable(),
      endedAt: z.string().nullable(),
      detail: z.string().nullable(),
      /** Median of the same step in earlier successful runs; null before the first. */
      expectedMs: z.number().nullable(),
    }),
  ),
  /** The run that starts after this one has succeeded, or null. */
  followedBy: runId.nullable(),
  lastSeq: z.int(),
});

export const runEventView = z.object({ runId, seq: z.int(), at: z.string(), body: runEventBody });

export const deploymentView = z.object({
  id: deploymentId,
  environmentId,
  kind: deploymentKind,
  name: z.string(),
  slug,
  region: z.string().nullable(),
  state: deploymentState,
  tags: z.array(z.string()),
  /** Nodes asked for; null for hybrid clusters and control planes. */
  nodesWanted: z.int().nullable(),
  /** Where clients call; null until it is live, and for hybrid clusters. */
  endpoint: z.string().nullable(),
  createdAt: z.string(),
  /** The run that works on it or the last one that did. */
  latestRun: runSummary.nullable(),
});

export const environmentView = z.object({
  id: environmentId,
  slug,
  name: z.string(),
  kind: environmentKind,
  homeRegion: z.string(),
  createdAt: z.string(),
  controlPlane: deploymentView.nullable(),
  clusters: z.array(deploymentView),
});

/** A node as the console's register and the control plane know it together. */
export const nodeView = z.object({
  id: nodeId,
  clusterId: deploymentId,
  hostname: z.string(),
  version: z.string(),
  enrolledAt: z.string(),
  revokedAt: z.string().nullable(),
  /** `unknown`: the control plane could not be asked. */
  status: z.enum(["connected", "disconnected", "never_connected", "revoked", "unknown"]),
  /** What the node itself last said; null when it never did or the plane cannot be asked. */
  live: planeNode.nullable(),
});

export const clusterDetail = deploymentView.extend({
  nodes: z.array(nodeView),
  /** False: the control plane did not answer; live figures are missing, not zero. */
  planeReachable: z.boolean(),
});

export const enrolmentTokenView = z.object({
  id: enrolmentTokenId,
  clusterId: deploymentId,
  name: z.string(),
  hint: z.string(),
  state: z.enum(["live", "expired", "used_up", "revoked"]),
  expiresAt: z.string().nullable(),
  maxUses: z.int().nullable(),
  uses: z.int(),
  createdAt: z.string(),
});
/** The only answer with the token itself, and one command a way of installing. */
export const enrolmentTokenCreated = enrolmentTokenView.extend({
  token: z.string(),
  install: z.array(
    z.object({ method: z.enum(["node", "docker", "systemd", "kubernetes"]), title: z.string(), command: z.string() }),
  ),
});

export const apiTokenView = z.object({
  id: apiTokenId,
  name: z.string(),
  hint: z.string(),
  role,
  expiresAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
  createdAt: z.string(),
});
export const apiTokenCreated = apiTokenView.extend({ token: z.string() });

/** Whether the organisation's audit chain is as it was written; `brokenAt` is the first entry that is not. */
export const auditVerdict = z.object({ entries: z.int(), brokenAt: z.int().nullable() });

export const memberView = z.object({
  userId,
  email: z.string(),
  name: z.string(),
  role,
  emailVerified: z.boolean(),
  joinedAt: z.string(),
});

export const estimate = z.object({
  currency: z.literal("USD"),
  monthly: z.number(),
  lines: z.array(z.object({ item: z.string(), quantity: z.int(), monthly: z.number() })),
});

/** An API as the console shows it: `written` is its settings as the YAML that people would write. */
export const apiDetailView = apiDetail.extend({ written: z.string() });

/** A policy and a key, each with all that was said of it as text. */
export const policyDetailView = policyView.extend({ written: z.string() });
export const keyDetailView = keyView.extend({ written: z.string() });

/** Settings of gateways as the console shows them: `written` is the YAML that people would write. */
export const gatewaySettingsDetailView = gatewaySettingsView.extend({ written: z.string() });

/** One member that settings may have. */
export const settingsMember = z.object({
  /** `upstream.targets[].weight`; `<name>` is a name that people choose. */
  path: z.string(),
  meaning: z.string(),
});
