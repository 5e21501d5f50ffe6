import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endChild, spawnLeashed } from "#base/leash.ts";
import { listens } from "#base/loopback.ts";
import { waitUntil } from "#base/wait.ts";
import { freePort } from "#tools/testing/free-port.ts";

/** Another proxy in front of an upstream. */
export interface Peer {
  url: string;
  stop(): Promise<void>;
}

export const hasNginx = !spawnSync("nginx", ["-v"]).error;
export const hasHaproxy = !spawnSync("haproxy", ["-v"]).error;

/** nginx as most people set it up: one location, kept connections. */
export async function startNginx(folder: string, upstreamPort: number): Promise<Peer> {
  const port = await freePort();
  const home = join(folder, "nginx");
  mkdirSync(home, { recursive: true });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  writeFileSync(
    join(home, "nginx.conf"),
    `daemon off; worker_processes 1; pid ${home}/pid; error_log ${home}/error.log crit;
events { worker_connections 512; }
http { access_log off; ${temporary.map((name) => `${name}_temp_path ${home}/${name};`).join(" ")}
upstream up { server 127.0.0.1:${upstreamPort}; keepalive 8; }
server { listen 127.0.0.1:${port};
location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; } } }`,
  );
  return start("nginx", ["-p", home, "-c", join(home, "nginx.conf")], port);
}

/** HAProxy in HTTP mode with its strict defaults. */
export async function startHaproxy(folder: string, upstreamPort: number): Promise<Peer> {
  const port = await freePort();
  const file = join(folder, "haproxy.cfg");
  writeFileSync(
    file,
    `global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
listen proxy
  bind 127.0.0.1:${port}
  server up 127.0.0.1:${upstreamPort}
`,
  );
  return start("haproxy", ["-db", "-f", file], port);
}

async function start(program: string, args: string[], port: number): Promise<Peer> {
  const child = spawnLeashed(program, args, { env: { PATH: process.env.PATH ?? "" } });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await waitUntil(() => listens(port), { what: `${program} listens`, timeoutMs: 15_000, everyMs: 20 }).catch(
    async (cause: unknown) => {
      await endChild(child, 1_000);
      throw new Error(`${program} did not start; it said:\n${said}`, { cause });
    },
  );
  return { url: `http://127.0.0.1:${port}`, stop: () => endChild(child, 5_000) };
}
