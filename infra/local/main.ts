import { chmod, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseEnv } from "#base/env.ts";
import { createLogger } from "#base/log.ts";
import { listens } from "#base/loopback.ts";
import { regionEnv } from "./env.ts";
import { regionServer } from "./http.ts";
import { portRangeOf } from "./ports.ts";
import { Region } from "./region.ts";

/**
 * The supervisor of the region that is this machine. It must be the only one at its socket: a second one would start
 * every service again. SIGTERM ends it and what it runs; its next start brings all of that back.
 */
const env = parseEnv(regionEnv);
const log = createLogger("local-region", { level: env.CAUSEWAY_LOG_LEVEL });
const socket = env.CAUSEWAY_LOCAL_SOCKET;

if (await listens(socket)) {
  log.error(`another supervisor answers at ${socket}; stop it first`);
  process.exit(1);
}
await mkdir(dirname(socket), { recursive: true, mode: 0o700 });
await rm(socket, { force: true });

const region = await Region.open({
  folder: join(env.CAUSEWAY_STATE_DIR, "region"),
  ports: portRangeOf(env.CAUSEWAY_PORT),
  adminDatabaseUrl: env.DATABASE_URL,
  log,
});
const server = regionServer(region, log);
await new Promise<void>((resolve, reject) => {
  server.once("error", reject);
  server.listen(socket, resolve);
});
await chmod(socket, 0o600);
log.info({ socket, ...region.health() }, "local region is up");

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop());

async function stop(): Promise<void> {
  server.close();
  server.closeAllConnections();
  await region.close();
  log.info("local region has stopped");
  process.exit(0);
}
