import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startGateway, startNginx } from "../measure/servers.ts";
import { compare, type Contender } from "./compare.ts";
import type { Workplace } from "./workplace.ts";

const COUNTS = [10, 1_000, 10_000];
const CALLED = 10;
const WIDELY_CALLED = 1_000;

/** Gateways with few and with many APIs. Ten of them are called in turn; then, of the most, a thousand. */
export async function apiCounts({ folder, keep }: Workplace): Promise<void> {
  const upstream = keep(await startNginx(folder, "upstream"));
  const contenders: Contender[] = [];
  for (const count of COUNTS) {
    const config = join(folder, `${count}.json`);
    writeFileSync(config, JSON.stringify(manyApis(count, upstream.port)));
    const gateway = keep(await startGateway(join(folder, String(count)), config));
    const contender = { url: `http://127.0.0.1:${gateway.port}/`, pids: [gateway.pid] };
    contenders.push({ ...contender, name: `${count} APIs`, paths: pathsOver(count, CALLED) });
    if (count === COUNTS.at(-1))
      contenders.push({
        ...contender,
        name: `${count} APIs, ${WIDELY_CALLED} called`,
        paths: pathsOver(count, WIDELY_CALLED),
      });
  }
  const [base, ...others] = contenders;
  await compare({ base: base!, others });
}

function pathsOver(count: number, called: number): string[] {
  return Array.from({ length: called }, (_, index) => `/api-${(index * 7_919) % count}/x`);
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
