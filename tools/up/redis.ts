import { join } from "node:path";
import { listens } from "#base/loopback.ts";
import { writeAtomically } from "#infra/local/store.ts";
import { Component } from "./component.ts";
import { keptPort } from "./kept-port.ts";
import type { UpSettings } from "./settings.ts";

/** The console's own Redis: throttles and fan-out. What it holds may be lost. */
export async function startRedis(
  settings: UpSettings,
  password: string,
): Promise<{ component: Component; url: string }> {
  const folder = join(settings.state, "redis");
  const port = await keptPort(join(settings.state, "redis.port"), settings.port + 50, settings.port + 89);
  const lines = [
    "bind 127.0.0.1",
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${folder}"`,
    'save ""',
    "appendonly no",
    "maxmemory 128mb",
  ];
  await writeAtomically(join(folder, "redis.conf"), `${lines.join("\n")}\nmaxmemory-policy allkeys-lru\n`);
  const component = new Component(
    {
      name: "redis",
      command: "redis-server",
      args: [join(folder, "redis.conf")],
      options: { env: { PATH: process.env.PATH ?? "" }, cwd: folder },
      ready: () => listens(port),
      readyWithinMs: 15_000,
      stopWithinMs: 5_000,
    },
    settings.state,
  );
  return { component: await component.start(), url: `redis://:${password}@127.0.0.1:${port}` };
}
