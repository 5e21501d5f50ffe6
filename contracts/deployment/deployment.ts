import { z } from "zod";

export const deploymentKind = z.enum(["control_plane", "cloud_cluster", "hybrid_cluster"]);
export type DeploymentKind = z.infer<typeof deploymentKind>;

/** What a deployment is; a run moves it. Hybrid clusters are `live` from their creation: nothing is provisioned. */
export const deploymentState = z.enum(["pending", "provisioning", "live", "failed", "destroying", "destroyed"]);
export type DeploymentState = z.infer<typeof deploymentState>;

/** What the user chose; the program reads nothing else. */
export const controlPlaneSettings = z.strictObject({ kind: z.literal("control_plane") });
export const cloudClusterSettings = z.strictObject({
  kind: z.literal("cloud_cluster"),
  /** Gateway nodes. */
  nodes: z.int().min(1).max(8).default(1),
  tags: z.array(z.string()).default([]),
});
export const hybridClusterSettings = z.strictObject({
  kind: z.literal("hybrid_cluster"),
  tags: z.array(z.string()).default([]),
});
export const deploymentSettings = z.discriminatedUnion("kind", [
  controlPlaneSettings,
  cloudClusterSettings,
  hybridClusterSettings,
]);
export type DeploymentSettings = z.infer<typeof deploymentSettings>;

/** What a stack gives back, kept in the deployment's row; the console and the enrolment read it. */
export const controlPlaneOutputs = z.object({
  kind: z.literal("control_plane"),
  /** Management HTTP, `http://127.0.0.1:3101`. */
  managementUrl: z.string(),
  /** `ws://127.0.0.1:3101/link/v1`. */
  linkUrl: z.string(),
  /** Ed25519, raw, base64url: verifies the environment's revisions. */
  revisionPublicKey: z.string(),
});
export const cloudClusterOutputs = z.object({
  kind: z.literal("cloud_cluster"),
  /** Where clients call: `http://127.0.0.1:3102`. */
  endpointUrl: z.string(),
});
export const deploymentOutputs = z.discriminatedUnion("kind", [controlPlaneOutputs, cloudClusterOutputs]);
export type ControlPlaneOutputs = z.infer<typeof controlPlaneOutputs>;
export type DeploymentOutputs = z.infer<typeof deploymentOutputs>;

/** Aggregated over rows of one environment. */
export const environmentKind = z.enum(["development", "staging", "production"]);
