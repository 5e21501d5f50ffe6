import { createPrivateKey, createPublicKey, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { PgBoss } from "pg-boss";
import { z } from "zod";
import { parseEnv } from "#base/env.ts";
import { createLogger } from "#base/log.ts";
import { defaultRegions } from "#contracts/deployment/default-regions.ts";
import { region } from "#contracts/deployment/region.ts";
import { RUN_QUEUE } from "#contracts/deployment/run.ts";
import { workerEnv } from "./env.ts";
import { regionClient } from "./local/client.ts";
import { rawPublicKey } from "./provider/signing-key.ts";
import { EngineChildren, openDatabase, Worker, type WorkerSettings } from "./worker/index.ts";

/** The worker's process. SIGTERM lets go of its runs: they are taken up again by its next start, or by another worker. */
const env = parseEnv(workerEnv);
const log = createLogger("worker", { level: env.CAUSEWAY_LOG_LEVEL });

const { database, close } = openDatabase(env.DATABASE_URL);
const worker = new Worker({
  name: `${hostname()}/${process.pid}/${randomBytes(4).toString("hex")}`,
  database,
  regionAt: (epoch) => regionClient({ socket: env.CAUSEWAY_LOCAL_SOCKET, epoch: () => epoch }),
  children: new EngineChildren(
    { engineRoot: env.CAUSEWAY_ENGINE_ROOT, socket: env.CAUSEWAY_LOCAL_SOCKET, log },
    env.CAUSEWAY_WORKER_SLOTS,
  ),
  settings: await readSettings(),
  log,
  slots: env.CAUSEWAY_WORKER_SLOTS,
  expireAfterMs: env.CAUSEWAY_LEASE_EXPIRES_MS,
  sweepEveryMs: 1_000,
});
worker.start();

const boss = new PgBoss({ connectionString: env.DATABASE_URL, useListenNotify: true, max: 4 });
boss.on("error", (error) => log.warn({ err: error }, "queue"));
await boss.start();
await boss.createQueue(RUN_QUEUE, { notify: true });
// One that an earlier version made.
await boss.updateQueue(RUN_QUEUE, { notify: true });
await boss.work(RUN_QUEUE, { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 2 }, async (jobs) => {
  for (const job of jobs) worker.wake(z.object({ runId: z.string() }).safeParse(job.data).data?.runId);
});
log.info({ slots: env.CAUSEWAY_WORKER_SLOTS }, "worker is up");

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop());

async function stop(): Promise<void> {
  await boss.stop({ graceful: false }).catch(() => undefined);
  await worker.stop();
  await close();
  log.info("worker has stopped");
  process.exit(0);
}

async function readSettings(): Promise<WorkerSettings> {
  const file = env.CAUSEWAY_REGIONS_FILE;
  const signingKey = Buffer.from(env.CAUSEWAY_SIGNING_KEY, "base64");
  const publicKey = createPublicKey(createPrivateKey({ key: signingKey, format: "der", type: "pkcs8" }));
  return {
    masterKey: Buffer.from(env.CAUSEWAY_SECRET_KEY, "base64"),
    consolePublicKey: rawPublicKey(publicKey.export({ format: "jwk" })),
    consoleUrl: env.CAUSEWAY_CONSOLE_URL ?? `http://127.0.0.1:${env.CAUSEWAY_PORT}`,
    regions: file ? z.array(region).parse(JSON.parse(await readFile(file, "utf8"))) : defaultRegions,
    stacksFolder: join(env.CAUSEWAY_STATE_DIR, "stacks"),
    controlPlaneEntry: env.CAUSEWAY_CONTROLPLANE_ENTRY,
    controlPlaneMigrations: env.CAUSEWAY_CONTROLPLANE_MIGRATIONS,
    gatewayEntry: env.CAUSEWAY_GATEWAY_ENTRY,
    upstreamAllow: env.CAUSEWAY_UPSTREAM_ALLOW,
    quietAfterMs: env.CAUSEWAY_RUN_QUIET_MS,
  };
}
