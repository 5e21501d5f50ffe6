import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { output } from "@pulumi/pulumi";
import {
  LocalWorkspace,
  type EngineEvent,
  type LocalWorkspaceOptions,
  type PulumiCommand,
  type Stack,
} from "@pulumi/pulumi/automation/index.js";
import { runProgram } from "#infra/programs/index.ts";
import type { StackTask } from "./messages.ts";
import { checkpointIn, isUnsettled, takeState } from "./state-folder.ts";

export interface EngineCalls {
  command: PulumiCommand;
  /** `host:port` of the provider that runs already. */
  providerPort: number;
  signal: AbortSignal;
  onOpened: () => void;
  onEvent: (event: EngineEvent) => void;
}

/** Does a task with the real engine, and gives the program's outputs (none after a destroy). */
export async function workOnStack(task: StackTask, calls: EngineCalls): Promise<Record<string, unknown>> {
  const state = await takeState(task);
  const existed = existsSync(checkpointIn(state, task));
  if (task.op === "destroy" && !existed) {
    calls.onOpened();
    return {};
  }
  const captured: { outputs: Record<string, unknown> } = { outputs: {} };
  const stack = await openStack(task, calls, { state, existed, captured });
  const { signal, onEvent } = calls;
  if (existed && task.recover && (task.op === "up" || (await isUnsettled(state, task))))
    await recoverStack(stack, calls);
  calls.onOpened();
  signal.throwIfAborted();
  if (task.op === "destroy") await stack.destroy({ signal, onEvent, color: "never" });
  if (task.op === "up") await stack.up({ signal, onEvent, color: "never", parallel: 8 });
  return captured.outputs;
}

async function openStack(
  task: StackTask,
  calls: EngineCalls,
  { state, existed, captured }: { state: string; existed: boolean; captured: { outputs: Record<string, unknown> } },
): Promise<Stack> {
  const [work, home] = [join(task.folder, "work"), join(task.folder, "home")];
  for (const folder of [work, home]) await mkdir(folder, { recursive: true, mode: 0o700 });
  const program = async () => {
    if (!task.input) return {};
    return output(runProgram(task.input)).apply((outputs) => (captured.outputs = outputs));
  };
  const args = { stackName: task.stack, projectName: task.project, program };
  const options: LocalWorkspaceOptions = {
    workDir: work,
    pulumiHome: home,
    pulumiCommand: onlyWhatCounts(calls.command),
    secretsProvider: "passphrase",
    projectSettings: { name: task.project, runtime: "nodejs", backend: { url: pathToFileURL(state).href } },
    envVars: {
      PULUMI_CONFIG_PASSPHRASE: task.passphrase,
      PULUMI_DEBUG_PROVIDERS: `causeway-local:${calls.providerPort}`,
    },
  };
  return existed ? LocalWorkspace.selectStack(args, options) : LocalWorkspace.createStack(args, options);
}

/**
 * A worker died here, so the state learns what is really there. A create that was under way is forgotten by the state
 * and done again by the `up` that follows: names are deterministic, so it finds what the first one made. A destroy needs
 * this only where something is pending: taking away what has gone by itself does nothing.
 */
async function recoverStack(stack: Stack, { signal, onEvent }: EngineCalls): Promise<void> {
  await stack.refresh({ signal, onEvent, color: "never", clearPendingCreates: true });
}

/**
 * Around each `up` and `destroy` the Automation API selects the stack, which every command names anyway, and asks the
 * command line for the outputs and the history: four more processes of a fifth of a second each. The program has given us
 * its outputs already, and we keep no history.
 */
function onlyWhatCounts(command: PulumiCommand): PulumiCommand {
  // `run` is what the whole Automation API goes through; it is public at run time, but not in the types.
  const inner = command as PulumiCommand & { run: (args: string[], ...rest: unknown[]) => Promise<unknown> };
  return new Proxy(inner, {
    get(target, property) {
      if (property !== "run") return Reflect.get(target, property, target) as unknown;
      return async (args: string[], ...rest: unknown[]) => {
        const [first, second] = args;
        if (first === "stack" && second === "select") return { stdout: "", stderr: "", code: 0 };
        if (first === "stack" && second === "output") return { stdout: "{}", stderr: "", code: 0 };
        if (first === "stack" && second === "history") return { stdout: "[]", stderr: "", code: 0 };
        return target.run(args, ...rest);
      };
    },
  });
}
