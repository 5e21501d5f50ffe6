import cluster from "node:cluster";
import type { FromWorker, ToWorker } from "./processes/messages.ts";

/**
 * The gateway's process: the first one is the primary, its forks are workers. SIGTERM and SIGINT drain, SIGHUP reads the
 * configuration again. A start that cannot work ends with status 2 and one line a problem. Each role loads its own part of
 * the program: what only the primary needs would cost every worker tens of megabytes.
 */
if (cluster.isWorker) {
  // A terminal's Ctrl-C reaches the whole group: when workers end is the primary's decision.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
  const { runWorker } = await import("./processes/worker.ts");
  runWorker(processChannel());
} else {
  const { runPrimary } = await import("./run-primary.ts");
  await runPrimary();
}

function processChannel() {
  return {
    // A primary that is gone takes this process with it; there is nobody to tell.
    send: (message: FromWorker) => void process.send?.(message, undefined, {}, () => {}),
    onMessage: (listener: (message: ToWorker) => void) => void process.on("message", listener),
  };
}
