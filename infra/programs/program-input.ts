import { z } from "zod";

const processCommand = z.object({
  command: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
});

/** What the worker tells its child to bring up: everything a program reads. The secrets are derived from the stack's own. */
export const controlPlaneInput = z.object({
  program: z.literal("control-plane"),
  target: z.enum(["local"]),
  stack: z.string(),
  org: z.string(),
  environment: z.string(),
  command: processCommand,
  migrationsFolder: z.string(),
  consolePublicKey: z.string(),
  databasePassword: z.string(),
  signingSeed: z.string(),
});
export const cloudClusterInput = z.object({
  program: z.literal("cloud-cluster"),
  target: z.enum(["local"]),
  stack: z.string(),
  command: processCommand,
  nodes: z.int(),
  tags: z.array(z.string()),
  consoleUrl: z.string(),
  upstreamAllow: z.string(),
  enrolmentToken: z.string(),
  redisPassword: z.string(),
});
export const programInput = z.discriminatedUnion("program", [controlPlaneInput, cloudClusterInput]);
export type ControlPlaneInput = z.infer<typeof controlPlaneInput>;
export type CloudClusterInput = z.infer<typeof cloudClusterInput>;
export type ProgramInput = z.infer<typeof programInput>;
