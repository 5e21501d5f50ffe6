import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { StackTask } from "./messages.ts";

/** `state-<epoch>-<count>`: the engine's state as one child sees it. */
const STATE = /^state-(\d+)-(\d+)$/;

type Owner = Pick<StackTask, "folder" | "project" | "stack" | "epoch">;

/**
 * Gives this child a state folder that no other engine writes to. An engine whose worker was lost, or one that was cut
 * off, may still save what it believes; it does so where nobody reads any more. Its lock stays behind with it.
 */
export async function takeState(owner: Owner): Promise<string> {
  const { folder, epoch } = owner;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const earlier = await statesOf(folder);
  const latest = earlier.at(-1);
  // Marked as the provider's errors are, so that the worker knows it again.
  if (latest && latest.epoch > epoch)
    throw new Error(`causeway[stale_epoch] Epoch ${epoch} is over: epoch ${latest.epoch} has the state.`);
  const own = join(folder, `state-${epoch}-${latest?.epoch === epoch ? latest.count + 1 : 1}`);
  const draft = join(folder, "next-state");
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  if (latest) await copyState(latest.path, draft, owner);
  await rename(draft, own);
  // The engine of a worker that is frozen may live on and write into its own for a moment, so that it is not empty when it
  // should be: taken away again, it has nowhere to write.
  for (const { path } of earlier) await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  return own;
}

/** Where Pulumi's file backend keeps a stack. */
export function checkpointIn(state: string, { project, stack }: Pick<Owner, "project" | "stack">): string {
  return join(state, ".pulumi", "stacks", project, `${stack}.json`);
}

/** Whether an engine died in the middle of an operation; Pulumi goes on only after that was settled. */
export async function isUnsettled(state: string, owner: Pick<Owner, "project" | "stack">): Promise<boolean> {
  const { checkpoint } = checkpointShape.parse(JSON.parse(await readFile(checkpointIn(state, owner), "utf8")));
  return (checkpoint.latest?.pending_operations ?? []).length > 0;
}

const checkpointShape = z.object({
  checkpoint: z.object({ latest: z.object({ pending_operations: z.array(z.unknown()).nullish() }).nullish() }),
});

/** Oldest first. */
export async function statesOf(folder: string): Promise<{ path: string; epoch: number; count: number }[]> {
  const names = existsSync(folder) ? await readdir(folder) : [];
  const states = names.flatMap((name) => {
    const [, epoch, count] = STATE.exec(name) ?? [];
    return epoch ? { path: join(folder, name), epoch: Number(epoch), count: Number(count) } : [];
  });
  return states.toSorted((a, b) => a.epoch - b.epoch || a.count - b.count);
}

/** Two files, each of which Pulumi replaces in one step, so that they are whole even while another engine writes. */
async function copyState(from: string, to: string, owner: Owner): Promise<void> {
  const checkpoint = checkpointIn(from, owner);
  if (!existsSync(checkpoint)) return;
  await mkdir(dirname(checkpointIn(to, owner)), { recursive: true, mode: 0o700 });
  await copyFile(checkpoint, checkpointIn(to, owner));
  await copyFile(join(from, ".pulumi", "meta.yaml"), join(to, ".pulumi", "meta.yaml"));
}
