import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endChild, spawnLeashed, type LeashedChild } from "#base/leash.ts";
import { listens } from "#base/loopback.ts";
import { waitUntil } from "#base/wait.ts";
import { repository } from "#tools/bundle.ts";
import { freePort } from "#tools/testing/free-port.ts";

/** Something that is measured: a process, where it listens, and how it ends. */
export interface Measured {
  pid: number;
  port: number;
  end: () => Promise<void>;
}

export const hasNginx = !spawnSync("nginx", ["-v"]).error;

/** One nginx worker: answers 200 by itself, or with `upstream` proxies to it over kept connections. */
export async function startNginx(folder: string, name: string, upstreamPort?: number): Promise<Measured> {
  const port = await freePort();
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  const location =
    upstreamPort === undefined
      ? `default_type application/json; return 200 '{"id":7,"item":"a lamp","quantity":1}';`
      : `proxy_pass http://upstream; proxy_http_version 1.1; proxy_set_header Connection "";`;
  const upstream =
    upstreamPort === undefined ? "" : `upstream upstream { server 127.0.0.1:${upstreamPort}; keepalive 128; }`;
  writeFileSync(
    join(home, "nginx.conf"),
    `daemon off; worker_processes 1; pid ${home}/pid; error_log ${home}/error.log;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
client_body_temp_path ${home}/a; proxy_temp_path ${home}/b; fastcgi_temp_path ${home}/c; uwsgi_temp_path ${home}/d; scgi_temp_path ${home}/e;
${upstream}
server { listen 127.0.0.1:${port} backlog=4096; location / { ${location} } } }`,
  );
  return started(spawnLeashed("nginx", ["-p", home, "-c", join(home, "nginx.conf")], { env: pathOnly() }), port);
}

export async function startRedis(folder: string): Promise<Measured> {
  const port = await freePort();
  const flags = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
  return started(spawnLeashed("redis-server", flags, { env: pathOnly() }), port);
}

/** The packed gateway, one worker, on a configuration file. */
export async function startGateway(
  folder: string,
  config: string,
  env: Record<string, string> = {},
): Promise<Measured> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const args = [
    "--config",
    config,
    "--listen",
    `127.0.0.1:${port}`,
    "--admin",
    `127.0.0.1:${adminPort}`,
    "--workers",
    "1",
  ];
  const child = spawnLeashed(process.execPath, [join(repository, "dist/gateway/gateway.mjs"), ...args], {
    env: { ...pathOnly(), CAUSEWAY_DATA_DIR: join(folder, "data"), CAUSEWAY_LOG_LEVEL: "warn", ...env },
  });
  return started(child, port);
}

const pathOnly = () => ({ PATH: process.env.PATH ?? "" });

async function started(child: LeashedChild, port: number): Promise<Measured> {
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await waitUntil(() => listens(port), { what: "the server listens", timeoutMs: 15_000, everyMs: 20 }).catch(
    async (cause: unknown) => {
      await endChild(child, 1_000);
      throw new Error(`a server did not start; it said:\n${said}`, { cause });
    },
  );
  return { pid: child.pid!, port, end: () => endChild(child, 10_000) };
}
