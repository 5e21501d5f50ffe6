import { writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { waitUntil } from "#base/wait.ts";
import { memoryOf, workersOf } from "../measure/cpu.ts";
import { figure, rounded } from "../measure/figure.ts";
import { startGateway, startNginx, type Measured } from "../measure/servers.ts";
import { manyApis } from "./api-counts.ts";
import type { Workplace } from "./workplace.ts";

const MIB = 2 ** 20;
const FEW_CONNECTIONS = 4_000;
const MANY_CONNECTIONS = 14_000;
const RELOADS = 1_000;
const TOKEN = "bench-admin";

/** Resident memory of the worker: idle, for each 1,000 APIs, for 10,000 connections that stand, and over 1,000 reloads. */
export async function memory(place: Workplace): Promise<void> {
  const { folder, keep } = place;
  const upstream = keep(await startNginx(folder, "upstream"));
  const start = async (name: string, apis: number) => {
    const config = join(folder, `${name}.json`);
    writeFileSync(config, JSON.stringify(manyApis(apis, upstream.port)));
    const env = { CAUSEWAY_ADMIN_TOKEN: TOKEN };
    return { config, gateway: keep(await startGateway(join(folder, name), config, env)) };
  };
  const few = await start("few", 1);
  const idle = await settled(few.gateway);
  figure("gateway", "memory idle", {
    workerMiB: rounded(idle / MIB, 1),
    allMiB: rounded(memoryOf(few.gateway.pid) / MIB, 1),
  });
  const many = await settled((await start("many", 10_000)).gateway);
  figure("gateway", "memory of 1,000 APIs", { workerMiB: rounded((many - idle) / MIB / 10, 1) });
  await connections(few.gateway);
  await reloads(few.gateway, few.config, upstream.port);
}

/** The slope between two numbers of them: what the first requests leave behind is not the connections'. */
async function connections(gateway: Measured): Promise<void> {
  const open: Socket[] = [];
  const grow = async (to: number) => {
    while (open.length < to)
      open.push(...(await Promise.all(Array.from({ length: 100 }, () => openOne(gateway.port)))));
    return settled(gateway);
  };
  const [few, many] = [await grow(FEW_CONNECTIONS), await grow(MANY_CONNECTIONS)];
  for (const socket of open) socket.destroy();
  const each = (many - few) / (MANY_CONNECTIONS - FEW_CONNECTIONS);
  figure("gateway", "memory of idle connections", {
    KiBEach: rounded(each / 1_024, 1),
    MiBPer10000: rounded((each * 10_000) / MIB, 0),
    MiBPer100000: rounded((each * 100_000) / MIB, 0),
  });
}

/** One that has served a request and is kept. */
async function openOne(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write("GET /api-0/ HTTP/1.1\r\nHost: bench\r\n\r\n");
  await once(socket, "data");
  return socket;
}

async function reloads(gateway: Measured, config: string, upstreamPort: number): Promise<void> {
  const turn = async (count: number) => {
    for (let index = 0; index < count; index += 1) {
      const literal = manyApis(20, upstreamPort);
      writeFileSync(
        config,
        JSON.stringify({
          ...literal,
          apis: [...literal.apis, { ...literal.apis[0], id: "changing", listen: `/changing-${index}` }],
        }),
      );
      const answer = await fetch(`http://127.0.0.1:${gateway.adminPort}/v1/reload`, {
        method: "POST",
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      if (!answer.ok) throw new Error(`reload: ${answer.status} ${await answer.text()}`);
    }
  };
  await turn(100);
  const before = await settled(gateway);
  const startedAt = performance.now();
  await turn(RELOADS);
  const tookMs = (performance.now() - startedAt) / RELOADS;
  const after = await settled(gateway);
  figure("gateway", "growth over reloads", {
    reloads: RELOADS,
    workerMiB: rounded((after - before) / MIB, 1),
    msAReload: rounded(tookMs, 1),
  });
}

/** Once it has stopped falling: what a collection is still to free does not count. */
async function settled(gateway: Measured): Promise<number> {
  let last = Infinity;
  await waitUntil(
    async () => {
      await sleep(500);
      const now = workersOf(gateway.pid).reduce((sum, pid) => sum + memoryOf(pid), 0);
      const isStill = Math.abs(now - last) < MIB / 2;
      last = now;
      return isStill;
    },
    { what: "memory stands still", timeoutMs: 60_000 },
  );
  return last;
}
