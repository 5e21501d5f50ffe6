import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endChild } from "#base/leash.ts";
import { freePort } from "#tools/testing/free-port.ts";
import { startListening } from "#tools/testing/listening-program.ts";

/** Another proxy in front of an upstream. */
export interface Peer {
  url: string;
  stop(): Promise<void>;
}

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
  const child = await startListening(program, args, port);
  return { url: `http://127.0.0.1:${port}`, stop: () => endChild(child, 5_000) };
}
