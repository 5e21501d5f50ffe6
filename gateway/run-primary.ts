import cluster from "node:cluster";
import { join } from "node:path";
import { parseEnv } from "#base/env.ts";
import { systemClock } from "#base/clock.ts";
import { background, createLogger, type Logger } from "#base/log.ts";
import { FileSource, type Source } from "#gateway/config/index.ts";
import { LinkSource } from "#gateway/link/index.ts";
import { startPrimary } from "#gateway/processes/index.ts";
import { SecretStore } from "#gateway/secrets/index.ts";
import { gatewayEnv } from "./env.ts";
import { readOptions, type GatewayOptions } from "./options.ts";
import { UsageError } from "./usage-error.ts";

/** The first process of a gateway: reads what it is asked for, starts the workers, and ends when it is told to. */
export async function runPrimary(): Promise<void> {
  try {
    const options = readOptions(process.argv.slice(2), parseEnv(gatewayEnv));
    const log = createLogger("gateway", { level: options.logLevel });
    const stopped = new AbortController();
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stopped.abort());
    const everyMs = options.secretsEveryMs;
    const secrets = new SecretStore({ env: process.env, clock: systemClock, random: Math.random, log, everyMs });
    const starting = startPrimary(options, sourceOf(options, log, secrets, stopped.signal), log, fail, secrets);
    stopped.signal.addEventListener("abort", () => {
      log.info("gateway drains");
      background(
        starting.then((gateway) => gateway.stop()).finally(() => process.exit(0)),
        log,
        "stopping",
      );
    });
    const gateway = await starting;
    process.on("SIGHUP", () => {
      gateway.reopenLogs();
      background(gateway.reload(), log, "reload");
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    fail(error.lines.join("\n"));
  }
}

function sourceOf(options: GatewayOptions, log: Logger, secrets: SecretStore, stopped: AbortSignal): Source {
  const { source, tags, dataDir } = options;
  return source.kind === "file"
    ? new FileSource({ path: source.path, issuedKeys: join(dataDir, "issued-keys.json"), tags, secrets, log })
    : new LinkSource({ ...options, url: source.url, token: source.token, log, stopped });
}

function fail(message: string): void {
  // A worker that is still starting would find nobody to report to, and print how it fell over that.
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill("SIGKILL");
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
