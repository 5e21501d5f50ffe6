import { deploymentOutputs, type DeploymentOutputs } from "#contracts/deployment/deployment.ts";
import { messageOf } from "#base/errors.ts";
import { waitUntil } from "#base/wait.ts";
import { answersUncounted } from "./answers-uncounted.ts";
import { keepEnrolmentToken } from "./enrolment-token.ts";
import { failed } from "./failures.ts";
import { inStep, type RunContext } from "./run-context.ts";
import { secretsOf, stackTaskOf } from "./stack-task.ts";

/** Brings a deployment up: prepare → plan → apply → verify. Doing it again after a crash continues where it was. */
export async function createRun(context: RunContext): Promise<void> {
  const { ledger, lease } = context;
  await ledger.moveTo("planning", { deployment: { state: "provisioning" } });
  const task = await inStep(context, "prepare", () => prepare(context));
  const outputs = await planAndApply(context, task);
  await ledger.moveTo("verifying");
  await inStep(context, "verify", () => verify(outputs));
  context.log.info({ run: lease.run.id, outputs }, "live");
  await ledger.moveTo("succeeded", { deployment: { state: "live", outputs } });
}

async function prepare(context: RunContext) {
  const secrets = secretsOf(context);
  const task = stackTaskOf(context, "up", secrets, context.lease.recover);
  await context.region.claimStack(task.stack);
  if (context.lease.deployment.kind === "cloud_cluster") await keepEnrolmentToken(context, secrets.enrolmentToken);
  return task;
}

/** One child does both steps; the second begins when it says that the stack is open. */
async function planAndApply(
  context: RunContext,
  task: Awaited<ReturnType<typeof prepare>>,
): Promise<DeploymentOutputs> {
  const { ledger, children, signal, settings } = context;
  let step: "plan" | "apply" = "plan";
  await ledger.step("plan", "running");
  try {
    const outputs = await children.take().run(task, {
      signal,
      quietAfterMs: settings.quietAfterMs,
      async onOpened() {
        step = "apply";
        await ledger.step("plan", "succeeded");
        await ledger.moveTo("applying");
        await ledger.step("apply", "running");
      },
      onEvent: (body) => void ledger.append(body).catch(() => undefined),
    });
    await ledger.step("apply", "succeeded");
    return deploymentOutputs.parse(outputs);
  } catch (error) {
    await ledger.step(step, "failed").catch(() => undefined);
    throw error;
  }
}

/** Really asks, through the address that was given out. */
async function verify(outputs: DeploymentOutputs): Promise<void> {
  const url = outputs.kind === "control_plane" ? outputs.managementUrl : outputs.endpointUrl;
  const probe = outputs.kind === "control_plane" ? isReady : answersUncounted;
  try {
    await waitUntil(() => probe(url), { what: `${url} answers`, timeoutMs: 10_000 });
  } catch (error) {
    throw failed("not_answering", messageOf(error), error);
  }
}

async function isReady(managementUrl: string): Promise<boolean> {
  return (await fetch(`${managementUrl}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
}
