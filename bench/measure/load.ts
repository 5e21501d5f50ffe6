import { spawn, spawnSync } from "node:child_process";
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
}

/** `wrk` where it is there, since it leaves the processors to what is measured; else a client of our own. */
export const loadTool = spawnSync("wrk", ["--version"]).error ? "undici" : "wrk";

export function applyLoad(load: Load): Promise<LoadResult> {
  return loadTool === "wrk" ? withWrk(load) : withUndici(load);
}

function withWrk({ url, seconds, connections, headers = {} }: Load): Promise<LoadResult> {
  const fields = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const child = spawn("wrk", ["-t1", `-c${connections}`, `-d${seconds}s`, ...fields, url]);
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

async function withUndici({ url, seconds, connections, headers }: Load): Promise<LoadResult> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const startedAt = performance.now();
  const result = { requests: 0, seconds: 0, failed: 0 };
  const client = async () => {
    while (performance.now() - startedAt < seconds * 1_000) {
      const { statusCode, body } = await pool.request({ path: pathname, method: "GET", headers });
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
