import { messageOf } from "#base/errors.ts";
import { errnoOf, RegionError } from "#infra/local/errors.ts";
import { SetUpFailed } from "./say.ts";
import { readSettings } from "./settings.ts";
import { bringUp } from "./up.ts";

/**
 * Everything on this machine, in the foreground. SIGINT and SIGTERM stop it in order; a second one does not hurry it,
 * since half-stopped databases are what the next start would pay for. Killed with -9, its children's leashes end them.
 */
let stopping = false;
try {
  const running = await bringUp(readSettings());
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop(running.down));
} catch (error) {
  console.error(`\n${lineFor(error)}`);
  process.exit(1);
}

async function stop(down: () => Promise<void>): Promise<void> {
  if (stopping) return;
  stopping = true;
  console.log("\nStopping the console, the worker, the region with its stacks, Redis, PostgreSQL …");
  await down();
  process.exit(0);
}

function lineFor(error: unknown): string {
  if (error instanceof SetUpFailed || error instanceof RegionError) return messageOf(error);
  if (errnoOf(error) === "ENOSPC") return "The disk is full: free some space, then start again.";
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
