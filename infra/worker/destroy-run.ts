import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { and, eq, isNull, ne, sql } from "drizzle-orm";
import { deployments, environments } from "#drizzle/console/schema.ts";
import type { Inventory } from "#infra/local/api.ts";
import { revokeCluster } from "./enrolment-token.ts";
import { failed } from "./failures.ts";
import { inStep, type RunContext } from "./run-context.ts";
import { secretsOf, stackTaskOf } from "./stack-task.ts";
import type { StackTask } from "./child/messages.ts";

/** Takes a deployment away: prepare → destroy → prove. Its row says `destroyed` only after nothing was found. */
export async function destroyRun(context: RunContext): Promise<void> {
  const { ledger, lease } = context;
  const provisioned = lease.deployment.kind !== "hybrid_cluster";
  await ledger.moveTo("planning", { deployment: { state: "destroying" } });
  const task = await inStep(context, "prepare", async () => {
    if (!provisioned) return undefined;
    await context.region.claimStack(lease.deployment.id);
    // Whatever ran before may have been cut off: destroying always looks at what there is.
    return stackTaskOf(context, "destroy", secretsOf(context), true);
  });
  await ledger.moveTo("applying");
  await inStep(context, "destroy", () => takeAway(context, task));
  await ledger.moveTo("verifying");
  await inStep(context, "prove", () => prove(context, task));
  await ledger.moveTo("succeeded", { deployment: { state: "destroyed", outputs: null } });
}

/** Also how a cancelled create is undone. */
export async function takeAway(context: RunContext, task: StackTask | undefined): Promise<void> {
  const { ledger, lease, region, children, settings, signal } = context;
  await ledger.within((tx) => revokeCluster(tx, lease.deployment.id));
  if (!task) return;
  await children.take().run(task, {
    signal,
    quietAfterMs: settings.quietAfterMs,
    onOpened: async () => {},
    onEvent: (body) => void ledger.append(body).catch(() => undefined),
  });
  // What a create had begun when its worker died is in no state file; the region still knows it by the stack's name.
  await region.removeStack(task.stack);
  await rm(task.folder, { recursive: true, force: true });
}

async function prove(context: RunContext, task: StackTask | undefined): Promise<void> {
  const { ledger, lease, region } = context;
  if (task) {
    const left = findingsOf(await region.inventory(task.stack));
    if (existsSync(task.folder)) left.push(`state ${task.folder}`);
    if (left.length > 0) throw failed("left_behind", left.slice(0, 10).join(", "));
    await ledger.append({
      kind: "log",
      level: "info",
      text: "Nothing is left: no process, no port, no database, no file.",
    });
  }
  await ledger.within(async (tx) => {
    const others = and(
      eq(deployments.environmentId, lease.environment.id),
      ne(deployments.id, lease.deployment.id),
      ne(deployments.state, "destroyed"),
    );
    const [other] = await tx.select({ id: deployments.id }).from(deployments).where(others).limit(1);
    if (other) return;
    await tx
      .update(environments)
      .set({ destroyedAt: sql`now()` })
      .where(and(eq(environments.id, lease.environment.id), isNull(environments.destroyedAt)));
  });
}

function findingsOf({ processes, ports, databases, files }: Inventory): string[] {
  return [
    ...processes.map(({ name, pid }) => `process ${pid} (${name})`),
    ...ports.map(({ name, port }) => `port ${port} (${name})`),
    ...databases,
    ...files.map((file) => `file ${file}`),
  ];
}
