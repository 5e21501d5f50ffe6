import { parseEnv } from "#base/env.ts";
import { background, createLogger } from "#base/log.ts";
import { FileSource, type Source } from "#gateway/config/index.ts";
import { LinkSource } from "#gateway/link/index.ts";
import { startPrimary } from "#gateway/processes/index.ts";
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
    process.on("SIGHUP", () => {
      gateway.reopenLogs();
      background(gateway.reload(), log, "reload");
    });
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
