import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { endChild, spawnLeashed } from "./leash.ts";
import { waitUntil } from "./wait.ts";

const env = { PATH: process.env.PATH ?? "" };

describe("a leashed child", () => {
  it("dies with its whole group when its parent is killed with SIGKILL, even where it ignores SIGTERM", async () => {
    const leash = fileURLToPath(new URL("./leash.ts", import.meta.url));
    const parent = spawn(process.execPath, [
      "--input-type=module",
      "-e",
      `import { spawnLeashed } from ${JSON.stringify(leash)};
       const child = spawnLeashed("/bin/sh", ["-c", "trap '' TERM; sleep 300 & echo $$ $!; wait"], { env: process.env, graceSeconds: 1 });
       child.stdout.pipe(process.stdout);
       setInterval(() => {}, 1000);`,
    ]);
    const pids = await new Promise<number[]>((resolve) => {
      parent.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().trim().split(" ").map(Number)));
    });
    expect(pids.every(alive)).toBe(true);
    parent.kill("SIGKILL");
    await waitUntil(() => !pids.some(alive), { what: "child and grandchild are gone", timeoutMs: 8_000 });
  });

  it("has its own exit code and its own signals", async () => {
    const failing = spawnLeashed("/bin/sh", ["-c", "exit 7"], { env });
    expect(await new Promise((resolve) => failing.once("exit", resolve))).toBe(7);
    const sleeping = spawnLeashed("/bin/sleep", ["300"], { env });
    await endChild(sleeping, 2_000);
    expect(sleeping.signalCode).toBe("SIGTERM");
  });

  it("leaves no process of its group behind when it ends by itself", async () => {
    const child = spawnLeashed("/bin/sh", ["-c", "sleep 300 & echo $!"], { env });
    const orphan = await new Promise<number>((resolve) =>
      child.stdout.once("data", (chunk: Buffer) => resolve(Number(chunk))),
    );
    await waitUntil(() => !alive(orphan), { what: "the grandchild is gone", timeoutMs: 5_000 });
    expect(alive(orphan)).toBe(false);
  });
});

/** A zombie counts as dead: it runs nothing, only its parent has not looked yet. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  return spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" })
    .stdout.trim()
    .startsWith("Z");
}
