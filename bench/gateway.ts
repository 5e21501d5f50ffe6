import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { hashToken } from "#base/token.ts";
import { repository } from "#tools/bundle.ts";
import { cpuOf, memoryOf } from "./measure/cpu.ts";
import { figure, median, rounded } from "./measure/figure.ts";
import { applyLoad, loadTool } from "./measure/load.ts";
import { hasNginx, startGateway, startNginx, startRedis, type Measured } from "./measure/servers.ts";

const ROUNDS = 5;
const SECONDS = 3;
const CONNECTIONS = 50;
const KEY = "bench-key";

interface Contender {
  name: string;
  url: string;
  headers?: Record<string, string>;
  /** Processes whose processor time counts. */
  pids: number[];
}

/**
 * CPU per request of the gateway, one worker, as a ratio to nginx that proxies plainly in the same run. Contenders take
 * turns, so that what the machine does meanwhile meets them alike; the median of the rounds is the figure.
 */
export async function benchGateway(): Promise<void> {
  if (!hasNginx) {
    process.stderr.write(
      "nginx is not on PATH; install it with the system's package manager (Debian: apt-get install nginx)\n",
    );
    process.exitCode = 1;
    return;
  }
  const packed = spawnSync(process.execPath, [join(repository, "tools/pack-gateway.ts")], { stdio: "inherit" });
  if (packed.status !== 0) throw new Error("the gateway could not be packed");
  const folder = mkdtempSync(join(tmpdir(), "causeway-bench-"));
  const servers: Measured[] = [];
  const keep = <T extends Measured>(server: T): T => (servers.push(server), server);
  try {
    const upstream = keep(await startNginx(folder, "upstream"));
    const nginx = keep(await startNginx(folder, "nginx", upstream.port));
    const redis = keep(await startRedis(folder));
    const { jwt, token } = await issuer();
    const config = writeConfig(folder, upstream.port, jwt);
    const gateway = keep(await startGateway(folder, config, { CAUSEWAY_REDIS: `redis://127.0.0.1:${redis.port}` }));
    const at = `http://127.0.0.1:${gateway.port}`;
    const headers = { authorization: `Bearer ${KEY}` };
    figure("gateway", "set-up", { load: loadTool, connections: CONNECTIONS, seconds: SECONDS, rounds: ROUNDS });
    figure("gateway", "memory idle", {
      MiB: rounded(memoryOf(gateway.pid) / 2 ** 20, 0),
      processes: "primary and one worker",
    });
    await compare({ name: "nginx", url: `http://127.0.0.1:${nginx.port}/`, pids: [nginx.pid] }, [
      { name: "plain", url: `${at}/plain/`, pids: [gateway.pid] },
      { name: "key + rate + quota + analytics", url: `${at}/keyed/`, headers, pids: [gateway.pid, redis.pid] },
      { name: "JWT", url: `${at}/jwt/`, headers: { authorization: `Bearer ${token}` }, pids: [gateway.pid] },
    ]);
  } finally {
    for (const server of servers.toReversed()) await server.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(base: Contender, others: Contender[]): Promise<void> {
  const all = [base, ...others];
  const costs = new Map<Contender, number[]>(all.map((one) => [one, []]));
  const rates = new Map<Contender, number[]>(all.map((one) => [one, []]));
  for (const one of all) await applyLoad({ ...one, seconds: 2, connections: CONNECTIONS });
  for (let round = 0; round < ROUNDS; round += 1)
    for (const one of all) {
      const before = one.pids.reduce((sum, pid) => sum + cpuOf(pid), 0);
      const { requests, seconds, failed } = await applyLoad({ ...one, seconds: SECONDS, connections: CONNECTIONS });
      if (failed > 0) throw new Error(`${one.name}: ${failed} of ${requests} requests failed`);
      const used = one.pids.reduce((sum, pid) => sum + cpuOf(pid), 0) - before;
      costs.get(one)!.push(used / requests);
      rates.get(one)!.push(requests / seconds);
    }
  for (const one of all) {
    const ratios = costs.get(one)!.map((cost, round) => cost / costs.get(base)![round]!);
    figure("gateway", one.name, {
      usPerRequest: rounded(median(costs.get(one)!), 1),
      requestsPerSecond: Math.round(median(rates.get(one)!)),
      ratioToNginx: rounded(median(ratios)),
      ratioMin: rounded(Math.min(...ratios)),
      ratioMax: rounded(Math.max(...ratios)),
    });
  }
}

/** An issuer whose keys stand in the configuration, and a token of it as long as they commonly are. */
async function issuer() {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwt = {
    issuer: "https://issuer.test",
    audience: "bench",
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: "bench" }] },
  };
  const token = await new SignJWT({ scope: "openid profile email", roles: ["reader", "writer"] })
    .setProtectedHeader({ alg: "RS256", kid: "bench" })
    .setIssuer(jwt.issuer)
    .setAudience(jwt.audience)
    .setSubject("alice@example.com")
    .setExpirationTime("1h")
    .sign(privateKey);
  return { jwt, token };
}

function writeConfig(folder: string, upstreamPort: number, jwt: object): string {
  const upstream = `http://127.0.0.1:${upstreamPort}`;
  const file = join(folder, "gateway.json");
  const configuration = {
    apis: [
      { id: "plain", listen: "/plain", upstream, auth: "none" },
      { id: "keyed", listen: "/keyed", upstream, auth: "key" },
      { id: "jwt", listen: "/jwt", upstream, auth: { jwt } },
    ],
    // Limits that are counted on every call and never reached.
    policies: [{ id: "bench", apis: ["keyed"], rate: "1000000/s", quota: "100000000000/30d" }],
    keys: [{ id: "bench", hash: `sha256:${hashToken(KEY)}`, policies: ["bench"] }],
  };
  writeFileSync(file, JSON.stringify(configuration));
  return file;
}
