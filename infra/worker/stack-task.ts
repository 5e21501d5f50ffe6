import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ProcessCommand } from "#infra/components/process-command.ts";
import type { ProgramInput } from "#infra/programs/program-input.ts";
import type { StackTask } from "./child/messages.ts";
import { failed } from "./failures.ts";
import type { RunContext, WorkerSettings } from "./run-context.ts";
import { stackSecrets, type StackSecrets } from "./stack-secrets.ts";

const PROJECT = "causeway";

/** What the child is told for this run; `input` is left out where everything is taken away. */
export function stackTaskOf(
  { settings, lease }: RunContext,
  op: StackTask["op"],
  secrets: StackSecrets,
  recover: boolean,
): StackTask {
  const { id, orgId } = lease.deployment;
  return {
    op,
    folder: join(settings.stacksFolder, orgId, id),
    project: PROJECT,
    stack: id,
    passphrase: secrets.passphrase,
    epoch: lease.epoch,
    recover,
    ...(op === "up" ? { input: programInputOf(settings, lease, secrets) } : {}),
  };
}

export function secretsOf({ settings, lease }: RunContext): StackSecrets {
  return stackSecrets(settings.masterKey, lease.deployment.sealedSecret, lease.deployment.id);
}

function programInputOf(
  settings: WorkerSettings,
  { deployment }: RunContext["lease"],
  secrets: StackSecrets,
): ProgramInput {
  const target = targetOf(settings, deployment.region);
  if (deployment.settings.kind === "control_plane")
    return {
      program: "control-plane",
      target,
      stack: deployment.id,
      org: deployment.orgId,
      environment: deployment.environmentId,
      command: nodeProcess(settings.controlPlaneEntry),
      migrationsFolder: settings.controlPlaneMigrations,
      consolePublicKey: settings.consolePublicKey,
      databasePassword: secrets.databasePassword,
      signingSeed: secrets.signingSeed,
    };
  if (deployment.settings.kind === "cloud_cluster")
    return {
      program: "cloud-cluster",
      target,
      stack: deployment.id,
      command: nodeProcess(settings.gatewayEntry),
      nodes: deployment.settings.nodes,
      tags: deployment.settings.tags,
      consoleUrl: settings.consoleUrl,
      upstreamAllow: settings.upstreamAllow,
      enrolmentToken: secrets.enrolmentToken,
      redisPassword: secrets.redisPassword,
    };
  throw new Error("a hybrid cluster has no stack");
}

function targetOf(settings: WorkerSettings, regionId: string | null) {
  const region = settings.regions.find(({ id }) => id === regionId);
  if (!region) throw failed("unknown_region", `The region is ${regionId ?? "not set"}.`);
  return region.target;
}

/** What a tenant's process gets of this machine: where commands are, and nothing of our own environment. */
function nodeProcess(entry: string): ProcessCommand {
  if (!existsSync(entry)) throw failed("program_missing", `Expected it at ${entry}.`);
  const env = { NODE_ENV: "production", PATH: "/usr/local/bin:/usr/bin:/bin" };
  return { command: process.execPath, args: ["--enable-source-maps", entry], env };
}
