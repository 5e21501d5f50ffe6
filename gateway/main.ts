import cluster from "node:cluster";
import { parseEnv } from "#base/env.ts";
import { background, createLogger } from "#base/log.ts";
import { FileSource, type Source } from "#gateway/config/index.ts";
import { LinkSource } from "#gateway/link/index.ts";
import { runWorker, startPrimary, type FromWorker, type ToWorker } from "#gateway/processes/index.ts";
import { gatewayEnv } from "./env.ts";
import { readOptions, type GatewayOptions } from "./options.ts";
import { UsageError } from "./usage-error.ts";

/**
 * The gateway's process: the first one is the primary, its forks are workers. SIGTERM and SIGINT drain, SIGHUP reads the
 * configuration again. A start that cannot work ends with status 2 and one line a problem.
 */
if (cluster.isWorker) {
  // A terminal's Ctrl-C reaches the whole group: when workers end is the primary's decision.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
  runWorker(processChannel());
} else await runPrimary();

function processChannel() {
  return {
    // A primary that is gone takes this process with it; there is nobody to tell.
    send: (message: FromWorker) => void process.send?.(message, undefined, {}, () => {}),
    onMessage: (listener: (message: ToWorker) => void) => void process.on("message", listener),
  };
}

async function runPrimary(): Promise<void> {
  try {
    const options = readOptions(process.argv.slice(2), parseEnv(gatewayEnv));
    const log = createLogger("gateway", { level: options.logLevel });
    const stopped = new AbortController();
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stopped.abort());
    const starting = startPrimary(options, sourceOf(options, log, stopped.signal), log, fail);
    stopped.signal.addEventListener("abort", () => {
      log.info("gateway drains");
      background(
        starting.then((gateway) => gateway.stop()).finally(() => process.exit(0)),
        log,
        "stopping",
      );
    });
    const gateway = await starting;
    process.on("SIGHUP", () => background(gateway.reload(), log, "reload"));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    fail(error.lines.join("\n"));
  }
}

function sourceOf(options: GatewayOptions, log: ReturnType<typeof createLogger>, stopped: AbortSignal): Source {
  const { source, tags } = options;
  return source.kind === "file"
    ? new FileSource({ path: source.path, tags, log })
    : new LinkSource({ ...options, url: source.url, token: source.token, log, stopped });
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
