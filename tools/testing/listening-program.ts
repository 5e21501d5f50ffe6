import { spawnSync } from "node:child_process";
import { endChild, spawnLeashed, type LeashedChild } from "#base/leash.ts";
import { listens } from "#base/loopback.ts";
import { waitUntil } from "#base/wait.ts";

export const hasNginx = !spawnSync("nginx", ["-v"]).error;
export const hasHaproxy = !spawnSync("haproxy", ["-v"]).error;

/** Starts a program and resolves once `port` takes connections; rejects with what it said. */
export async function startListening(
  program: string,
  args: readonly string[],
  port: number,
  env: Readonly<Record<string, string>> = {},
): Promise<LeashedChild> {
  const child = spawnLeashed(program, [...args], { env: { PATH: process.env.PATH ?? "", ...env } });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await waitUntil(() => listens(port), { what: `${program} listens`, timeoutMs: 15_000, everyMs: 20 }).catch(
    async (cause: unknown) => {
      await endChild(child, 1_000);
      throw new Error(`${program} did not start; it said:\n${said}`, { cause });
    },
  );
  return child;
}
