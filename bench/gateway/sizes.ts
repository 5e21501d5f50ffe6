import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startGateway, startNginx } from "../measure/servers.ts";
import { compare } from "./compare.ts";
import type { Workplace } from "./workplace.ts";

const SIZES = { "1 KB": 1_024, "10 KB": 10_240, "1 MB": 1_048_576 };

/** Answers of other sizes, each beside nginx with the same. */
export async function sizes({ folder, keep }: Workplace): Promise<void> {
  for (const bytes of Object.values(SIZES)) writeFileSync(join(folder, `${bytes}.bin`), Buffer.alloc(bytes, "x"));
  const upstream = keep(await startNginx(folder, "upstream", { root: folder }));
  const nginx = keep(await startNginx(folder, "nginx", { upstream: upstream.port }));
  const config = join(folder, "gateway.json");
  const api = { id: "plain", listen: "/plain", upstream: `http://127.0.0.1:${upstream.port}`, auth: "none" };
  writeFileSync(config, JSON.stringify({ apis: [api] }));
  const gateway = keep(await startGateway(folder, config));
  for (const [name, bytes] of Object.entries(SIZES)) {
    const path = `${bytes}.bin`;
    await compare({
      base: { name: `nginx, ${name}`, url: `http://127.0.0.1:${nginx.port}/${path}`, pids: [nginx.pid] },
      others: [{ name: `plain, ${name}`, url: `http://127.0.0.1:${gateway.port}/plain/${path}`, pids: [gateway.pid] }],
    });
  }
}
