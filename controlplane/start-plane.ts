import type { AddressInfo } from "node:net";
import { background } from "#base/log.ts";
import { controlplaneMigrations, migrateDatabase } from "#drizzle/migrate.ts";
import { forgetOldCalls } from "./analytics/ingest.ts";
import { resolveOldApis } from "./apis/manage-apis.ts";
import { listenToPlane } from "./db/listen.ts";
import type { PlaneEnv } from "./env.ts";
import { createHttpServer } from "./http/server.ts";
import { LinkServer } from "./link/link-server.ts";
import { forgetConnections } from "./link/nodes.ts";
import { createPlane, type Plane } from "./plane.ts";
import { publishFirst } from "./revisions/publish.ts";
import { Snapshots } from "./revisions/snapshots.ts";

const FORGET_EVERY_MS = 3_600_000;

export interface RunningPlane {
  plane: Plane;
  /** `http://127.0.0.1:3101` */
  url: string;
  stop(): Promise<void>;
}

/** Migrates, publishes the first revision where there is none, and serves. */
export async function startPlane(env: PlaneEnv): Promise<RunningPlane> {
  await migrateDatabase(env.DATABASE_URL, env.CAUSEWAY_MIGRATIONS_DIR ?? controlplaneMigrations);
  const plane = createPlane(env);
  await resolveOldApis(plane);
  await publishFirst(plane);
  await forgetConnections(plane);
  const snapshots = new Snapshots(plane);
  await snapshots.refresh();
  const link = new LinkServer(plane, snapshots);
  const app = createHttpServer({ plane, snapshots, link, startedAtMs: plane.clock.now() });
  await link.start(app.server);
  const split = env.CAUSEWAY_LISTEN.lastIndexOf(":");
  await app.listen({ host: env.CAUSEWAY_LISTEN.slice(0, split), port: Number(env.CAUSEWAY_LISTEN.slice(split + 1)) });
  const stopping = new AbortController();
  const listening = listenToPlane(env.DATABASE_URL, plane.log, stopping.signal, async () => {
    if (await snapshots.refresh()) link.pushRevision();
    await link.pushKeyEvents();
  });
  const forgetting = setInterval(
    () => background(forgetOldCalls(plane), plane.log, "retention"),
    FORGET_EVERY_MS,
  ).unref();
  const address = app.server.address() as AddressInfo;
  return {
    plane,
    url: `http://${address.address}:${address.port}`,
    stop: async () => {
      clearInterval(forgetting);
      await link.stop();
      stopping.abort();
      await listening;
      await app.close();
      await plane.db.$client.end();
    },
  };
}
