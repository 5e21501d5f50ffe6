import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { messageOf } from "#base/errors.ts";
import { runEventOf } from "./engine-events.ts";
import { workOnStack } from "./engine.ts";
import { toChild, type FromChild, type StackTask } from "./messages.ts";
import { startProvider } from "./provider-process.ts";

/**
 * One run's own process: Pulumi's inline programs install process-wide handlers and may end their host, so they get one.
 * It warms up (imports, engine, provider), waits for its task, reports, and ends with the worker's word or its death.
 */
const aborting = new AbortController();
const engineRoot = process.env.CAUSEWAY_ENGINE_ROOT;
const warm = warmUp();

process.on("message", (message) => {
  const order = toChild.parse(message);
  if (order.kind === "abort") return aborting.abort();
  void work(order.task);
});
process.once("disconnect", () => process.exit(0));

async function warmUp() {
  const [command, provider] = await Promise.all([PulumiCommand.get({ root: engineRoot }), startProvider()]);
  tell({ kind: "warm" });
  return { command, provider };
}
warm.catch((error: unknown) => tell({ kind: "failed", during: "warming", text: messageOf(error) }));

async function work(task: StackTask): Promise<void> {
  let during: "opening" | "working" = "opening";
  // Pulumi's own error repeats the command line; the diagnostics say what went wrong.
  const problems: string[] = [];
  try {
    const { command, provider } = await warm;
    provider.process.send({ epoch: task.epoch });
    const outputs = await workOnStack(task, {
      command,
      providerPort: provider.port,
      signal: aborting.signal,
      onOpened() {
        during = "working";
        tell({ kind: "opened" });
      },
      onEvent(event) {
        const body = runEventOf(event);
        if (body?.kind === "log" && body.level === "error") problems.push(body.text);
        if (body) tell({ kind: "event", body });
      },
    });
    tell({ kind: "done", outputs });
  } catch (error) {
    tell({ kind: "failed", during, text: [...problems, messageOf(error)].join("\n").slice(0, 20_000) });
  }
}

function tell(message: FromChild): void {
  process.send?.(message);
}
