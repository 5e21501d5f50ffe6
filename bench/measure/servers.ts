import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endChild } from "#base/leash.ts";
import { repository } from "#tools/bundle.ts";
import { freePort } from "#tools/testing/free-port.ts";
import { startListening } from "#tools/testing/listening-program.ts";

/** Something that is measured: a process, where it listens, and how it ends. */
export interface Measured {
  /** Of a gateway. */
  adminPort?: number;
  pid: number;
  port: number;
  end: () => Promise<void>;
}

export interface NginxRole {
  /** Port that it proxies to over kept connections; absent: it answers by itself. */
  upstream?: number;
  /** Folder whose files it answers with. */
  root?: string;
  tls?: { certificate: string; key: string };
}

/** One nginx worker: answers 200 and a small JSON by itself, or as its role says. */
export async function startNginx(folder: string, name: string, role: NginxRole = {}): Promise<Measured> {
  const port = await freePort();
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  const { upstream: to, root, tls } = role;
  const own =
    root === undefined ? `default_type application/json; return 200 '${ANSWER}';` : `root ${root}; sendfile on;`;
  const location =
    to === undefined ? own : `proxy_pass http://upstream; proxy_http_version 1.1; proxy_set_header Connection "";`;
  const upstream = to === undefined ? "" : `upstream upstream { server 127.0.0.1:${to}; keepalive 128; }`;
  const speech = tls ? "ssl http2" : "";
  // Started by root it would give up the right to read the bench's folder.
  const user = process.getuid?.() === 0 ? "user root; " : "";
  const pair = tls ? `ssl_certificate ${tls.certificate}; ssl_certificate_key ${tls.key};` : "";
  writeFileSync(
    join(home, "nginx.conf"),
    `${user}daemon off; worker_processes 1; pid ${home}/pid; error_log ${home}/error.log;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
client_body_temp_path ${home}/a; proxy_temp_path ${home}/b; fastcgi_temp_path ${home}/c; uwsgi_temp_path ${home}/d; scgi_temp_path ${home}/e;
${upstream}
server { listen 127.0.0.1:${port} ${speech} backlog=4096; ${pair} location / { ${location} } } }`,
  );
  return measured("nginx", ["-p", home, "-c", join(home, "nginx.conf")], port);
}

const ANSWER = '{"id":7,"item":"a lamp","quantity":1}';

/** One HAProxy thread that proxies over kept connections. */
export async function startHaproxy(folder: string, upstreamPort: number): Promise<Measured> {
  const port = await freePort();
  const file = join(folder, "haproxy.cfg");
  writeFileSync(
    file,
    `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
listen bench
  bind 127.0.0.1:${port}
  server upstream 127.0.0.1:${upstreamPort}
`,
  );
  return measured("haproxy", ["-db", "-f", file], port);
}

export async function startRedis(folder: string): Promise<Measured> {
  const port = await freePort();
  const flags = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
  return measured("redis-server", flags, port);
}

/** The packed gateway, one worker, on a configuration file. */
export async function startGateway(
  folder: string,
  config: string,
  env: Record<string, string> = {},
): Promise<Measured> {
  mkdirSync(folder, { recursive: true });
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
  const gateway = await measured(process.execPath, [join(repository, "dist/gateway/gateway.mjs"), ...args], port, {
    CAUSEWAY_DATA_DIR: join(folder, "data"),
    CAUSEWAY_LOG_LEVEL: "warn",
    ...env,
  });
  return { ...gateway, adminPort };
}

async function measured(...started: Parameters<typeof startListening>): Promise<Measured> {
  const child = await startListening(...started);
  return { pid: child.pid!, port: started[2], end: () => endChild(child, 10_000) };
}
