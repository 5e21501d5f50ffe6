import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startGateway, startNginx } from "../measure/servers.ts";
import { compare, type Contender } from "./compare.ts";
import type { Workplace } from "./index.ts";

const COUNTS = [10, 1_000, 10_000];

/** Gateways with few and with many APIs; the calls go to all of them in turn. */
export async function apiCounts({ folder, keep }: Workplace): Promise<void> {
  const upstream = keep(await startNginx(folder, "upstream"));
  const contenders: Contender[] = [];
  for (const count of COUNTS) {
    const config = join(folder, `${count}.json`);
    writeFileSync(config, JSON.stringify(manyApis(count, upstream.port)));
    const gateway = keep(await startGateway(join(folder, String(count)), config));
    const paths = Array.from({ length: 1_000 }, (_, index) => `/api-${(index * 7_919) % count}/x`);
    contenders.push({ name: `${count} APIs`, url: `http://127.0.0.1:${gateway.port}/`, paths, pids: [gateway.pid] });
  }
  const [base, ...others] = contenders;
  await compare({ base: base!, others });
}

/** As people write them: a document's operations are not in it, since their number is no matter of the router's. */
export function manyApis(count: number, upstreamPort: number): { apis: object[] } {
  const upstream = `http://127.0.0.1:${upstreamPort}`;
  const apis = Array.from({ length: count }, (_, index) => ({
    id: `api-${index}`,
    listen: `/api-${index}`,
    upstream,
    auth: "none",
  }));
  return { apis };
}
