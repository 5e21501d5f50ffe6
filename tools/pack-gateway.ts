import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { bundleForNode, repository } from "./bundle.ts";

/**
 * `npm run gateway:pack`: the gateway as one file that runs alone, `dist/gateway/gateway.mjs`. The bundle's own list of
 * inputs is compared with what may ride along: a data plane that carries the console's libraries is another program.
 */

/** Rooms whose sources may be inside; see docs/ARCHITECTURE.md. */
const ROOMS = /^(gateway|contracts|base)\//;
/** Packages that may be inside. A new one is a decision: it ships to every node of every customer. */
const PACKAGES = new Set([
  ...["@ioredis/commands", "cluster-key-slot", "debug", "denque", "has-flag", "ioredis", "ms", "redis-errors"],
  ...["standard-as-callback", "supports-color"],
  ...["@pinojs/redact", "atomic-sleep", "on-exit-leak-free", "pino", "pino-std-serializers"],
  ...["quick-format-unescaped", "safe-stable-stringify", "sonic-boom", "thread-stream"],
  ...["@opentelemetry/api", "bintrees", "prom-client", "tdigest"],
  ...["@leichtgewicht/ip-codec", "dns-packet"],
  ...["detect-libc", "msgpackr", "msgpackr-extract", "node-gyp-build-optional-packages"],
  ...["ipaddr.js", "jose", "undici", "ws", "yaml", "zod"],
]);

const { inputs, outputs } = await bundleForNode("gateway/main.ts", "dist/gateway/gateway.mjs");
const strangers = strangersIn(inputs);
if (strangers.length > 0) {
  await rm(join(repository, "dist/gateway"), { recursive: true, force: true });
  console.error(`The gateway may not carry these:\n  ${strangers.join("\n  ")}`);
  process.exit(1);
}
const bytes = Object.values(outputs).find(({ entryPoint }) => entryPoint)!.bytes;
const packages = new Set(Object.keys(inputs).flatMap((path) => packageOf(path) ?? []));
console.log(`dist/gateway/gateway.mjs: ${Math.round(bytes / 1024)} KiB, ${packages.size} packages`);

function strangersIn(files: Metafile["inputs"]): string[] {
  return Object.keys(files).filter((path) => {
    const name = packageOf(path);
    return name === undefined ? !ROOMS.test(path) : !PACKAGES.has(name);
  });
}

function packageOf(path: string): string | undefined {
  return /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}
