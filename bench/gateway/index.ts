import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "#tools/bundle.ts";
import { hasNginx } from "#tools/testing/listening-program.ts";
import { compareWithBaseline } from "../measure/baseline.ts";
import { figure } from "../measure/figure.ts";
import { loadTool } from "../measure/load.ts";
import type { Measured } from "../measure/servers.ts";
import { apiCounts } from "./api-counts.ts";
import { costs } from "./costs.ts";
import { latency } from "./latency.ts";
import { memory } from "./memory.ts";
import { protocols } from "./protocols.ts";
import { reloads } from "./reloads.ts";
import { sizes } from "./sizes.ts";
import type { Workplace } from "./workplace.ts";

const parts: Record<string, (place: Workplace) => Promise<void>> = {
  costs,
  sizes,
  protocols,
  apis: apiCounts,
  reloads,
  latency,
  memory,
};

/**
 * The gateway, one worker, beside nginx in the same run. `npm run bench -- gateway` does all parts, `-- gateway costs sizes`
 * those; `--write-baseline` keeps the ratios as what later runs are compared with.
 */
export async function benchGateway(args: readonly string[]): Promise<void> {
  const wanted = args.filter((arg) => !arg.startsWith("--"));
  const unknown = wanted.find((name) => !(name in parts));
  if (!hasNginx || unknown !== undefined) return refuse(unknown);
  const packed = spawnSync(process.execPath, [join(repository, "tools/pack-gateway.ts")], { stdio: "inherit" });
  if (packed.status !== 0) throw new Error("the gateway could not be packed");
  figure("gateway", "set-up", { load: loadTool, node: process.version });
  for (const [name, part] of Object.entries(parts))
    if (wanted.length === 0 || wanted.includes(name)) await inWorkplace(part);
  compareWithBaseline("gateway", args.includes("--write-baseline"));
}

async function inWorkplace(part: (place: Workplace) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "causeway-bench-"));
  const servers: Measured[] = [];
  try {
    await part({ folder, keep: (server) => (servers.push(server), server) });
  } finally {
    for (const server of servers.toReversed()) await server.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

function refuse(unknown: string | undefined): void {
  const reason =
    unknown === undefined
      ? "nginx is not on PATH; install it with the system's package manager (Debian: apt-get install nginx)"
      : `no part is called ${unknown}; there are ${Object.keys(parts).join(", ")}`;
  process.stderr.write(`${reason}\n`);
  process.exitCode = 1;
}
