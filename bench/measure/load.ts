import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Pool } from "undici";

export interface LoadResult {
  requests: number;
  seconds: number;
  /** Answers other than 2xx and errors of the network. */
  failed: number;
}

export interface Load {
  url: string;
  seconds: number;
  connections: number;
  headers?: Record<string, string>;
  /** Asked for in turn, in place of the URL's. */
  paths?: readonly string[];
  http2?: boolean;
}

export const hasH2load = !spawnSync("h2load", ["--version"]).error;

/** `wrk` where it is there, since it leaves the processors to what is measured; else a client of our own. */
export const loadTool = spawnSync("wrk", ["--version"]).error ? "undici" : "wrk";

export function applyLoad(load: Load): Promise<LoadResult> {
  if (load.http2) return withH2load(load);
  return loadTool === "wrk" ? withWrk(load) : withUndici(load);
}

function withWrk({ url, seconds, connections, headers = {}, paths }: Load): Promise<LoadResult> {
  const fields = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const child = spawn("wrk", ["-t1", `-c${connections}`, `-d${seconds}s`, ...fields, ...scriptFor(paths), url]);
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => {
      const [, requests, took] = /(\d+) requests in ([\d.]+)s/.exec(said) ?? [];
      if (!requests) return reject(new Error(`wrk said:\n${said}`));
      const bad = Number(/Non-2xx or 3xx responses: (\d+)/.exec(said)?.[1] ?? 0);
      const broken = [.../(?:connect|read|write|timeout) (\d+)/g[Symbol.matchAll](said)];
      const failed = broken.reduce((sum, [, count]) => sum + Number(count), bad);
      resolve({ requests: Number(requests), seconds: Number(took), failed });
    });
  });
}

/** wrk takes its paths from a script in Lua. */
function scriptFor(paths: readonly string[] | undefined): string[] {
  if (paths === undefined) return [];
  const file = join(mkdtempSync(join(tmpdir(), "causeway-wrk-")), "paths.lua");
  const list = paths.map((path) => JSON.stringify(path)).join(",");
  writeFileSync(
    file,
    `local paths = {${list}}\nlocal at = 0\nrequest = function()\n  at = at % #paths + 1\n  return wrk.format(nil, paths[at])\nend\n`,
  );
  return ["-s", file];
}

async function withH2load({ url, seconds, connections, headers = {} }: Load): Promise<LoadResult> {
  const fields = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const child = spawn("h2load", [`-c${connections}`, "-m4", "-t1", `-D${seconds}`, ...fields, url]);
  const said = await text(child.stdout);
  const [, total, done, succeeded] = /requests: (\d+) total, \d+ started, (\d+) done, (\d+) succeeded/.exec(said) ?? [];
  if (!total) throw new Error(`h2load said:\n${said}`);
  return { requests: Number(done), seconds, failed: Number(done) - Number(succeeded) };
}

async function withUndici({ url, seconds, connections, headers, paths }: Load): Promise<LoadResult> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const startedAt = performance.now();
  const result = { requests: 0, seconds: 0, failed: 0 };
  const client = async () => {
    while (performance.now() - startedAt < seconds * 1_000) {
      const { statusCode, body } = await pool.request({
        path: paths?.[result.requests % paths.length] ?? pathname,
        method: "GET",
        headers,
      });
      await body.dump();
      result.requests += 1;
      if (statusCode >= 300) result.failed += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  result.seconds = (performance.now() - startedAt) / 1_000;
  await pool.close();
  return result;
}
