import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { canPin, pin, unpin } from "../measure/cores.ts";
import { figure, rounded } from "../measure/figure.ts";
import { applyLoad } from "../measure/load.ts";
import { sendPaced } from "../measure/paced.ts";
import { startGateway, startNginx } from "../measure/servers.ts";
import type { Workplace } from "./workplace.ts";

const ROUNDS = 3;
const SECONDS = 5;
const CONNECTIONS = 50;

/**
 * What the gateway adds to a call when half of what it could do is asked of it: an open loop, so that nothing waits for it. The sender
 * has a core for itself, since sending evenly takes all of it; half is of what the rest can do without that core.
 */
export async function latency({ folder, keep }: Workplace): Promise<void> {
  const upstream = keep(await startNginx(folder, "upstream"));
  const nginx = keep(await startNginx(folder, "nginx", { upstream: upstream.port }));
  const config = join(folder, "gateway.json");
  const api = { id: "plain", listen: "/plain", upstream: `http://127.0.0.1:${upstream.port}`, auth: "none" };
  writeFileSync(config, JSON.stringify({ apis: [api] }));
  const gateway = keep(await startGateway(folder, config));
  if (canPin) {
    // With it what it starts from here on, the senders. Its children so far stand on their own.
    pin(process.pid, 0);
    for (const { pid } of [nginx, gateway]) pin(pid, 1);
    pin(upstream.pid, 2);
  }
  const ways = {
    direct: `http://127.0.0.1:${upstream.port}/`,
    nginx: `http://127.0.0.1:${nginx.port}/`,
    gateway: `http://127.0.0.1:${gateway.port}/plain/`,
  };
  const full = await applyLoad({ url: ways.gateway, seconds: 3, connections: CONNECTIONS });
  const perSecond = Math.round(full.requests / full.seconds / 2);
  const seen = new Map<string, { p50: number; p99: number }[]>(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, url] of Object.entries(ways))
      seen.get(name)!.push(await sendPaced({ url, perSecond, seconds: SECONDS, connections: CONNECTIONS }));
  if (canPin) unpin(process.pid);
  const best = (name: string, which: "p50" | "p99") => Math.min(...seen.get(name)!.map((round) => round[which]));
  for (const name of ["nginx", "gateway"])
    figure("gateway", `added by ${name} at half load`, {
      perSecond,
      sendersCore: canPin ? "its own" : "shared",
      directP99Ms: rounded(best("direct", "p99"), 3),
      p50Ms: rounded(best(name, "p50") - best("direct", "p50"), 3),
      p99Ms: rounded(best(name, "p99") - best("direct", "p99"), 3),
    });
}
