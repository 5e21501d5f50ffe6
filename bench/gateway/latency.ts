import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { figure, rounded } from "../measure/figure.ts";
import { applyLoad } from "../measure/load.ts";
import { sendPaced } from "../measure/paced.ts";
import { startGateway, startNginx } from "../measure/servers.ts";
import type { Workplace } from "./workplace.ts";

const ROUNDS = 3;
const SECONDS = 5;
const CONNECTIONS = 50;

/** What the gateway adds to a call when half of what it could do is asked of it: an open loop, so that nothing waits for it. */
export async function latency({ folder, keep }: Workplace): Promise<void> {
  const upstream = keep(await startNginx(folder, "upstream"));
  const nginx = keep(await startNginx(folder, "nginx", { upstream: upstream.port }));
  const config = join(folder, "gateway.json");
  const api = { id: "plain", listen: "/plain", upstream: `http://127.0.0.1:${upstream.port}`, auth: "none" };
  writeFileSync(config, JSON.stringify({ apis: [api] }));
  const gateway = keep(await startGateway(folder, config));
  const through = `http://127.0.0.1:${gateway.port}/plain/`;
  const full = await applyLoad({ url: through, seconds: 3, connections: CONNECTIONS });
  const perSecond = Math.round(full.requests / full.seconds / 2);
  const ways = {
    direct: `http://127.0.0.1:${upstream.port}/`,
    nginx: `http://127.0.0.1:${nginx.port}/`,
    gateway: through,
  };
  const seen = new Map<string, { p50: number; p99: number }[]>(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, url] of Object.entries(ways))
      seen.get(name)!.push(await sendPaced({ url, perSecond, seconds: SECONDS, connections: CONNECTIONS }));
  const best = (name: string, which: "p50" | "p99") => Math.min(...seen.get(name)!.map((round) => round[which]));
  for (const name of ["nginx", "gateway"])
    figure("gateway", `added by ${name} at half load`, {
      perSecond,
      p50Ms: rounded(best(name, "p50") - best("direct", "p50"), 3),
      p99Ms: rounded(best(name, "p99") - best("direct", "p99"), 3),
    });
}
