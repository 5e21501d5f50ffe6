import { join } from "node:path";
import { endChild, spawnLeashed, type LeashedChild } from "#base/leash.ts";
import { waitUntil } from "#base/wait.ts";

export interface UpstreamProcess {
  url: string;
  child: LeashedChild;
  /** How often each request, by its X-Id, was received. */
  received: Map<string, number>;
  stop(): Promise<void>;
}

/** See main.ts. */
export async function startUpstreamProcess(): Promise<UpstreamProcess> {
  const child = spawnLeashed(process.execPath, [join(import.meta.dirname, "main.ts")], { env: {} });
  const received = new Map<string, number>();
  let port = "";
  let rest = "";
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stdout.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const [word, value = ""] = line.split(" ");
      if (word === "port") port = value;
      else received.set(value, (received.get(value) ?? 0) + 1);
    }
  });
  await waitUntil(
    () => {
      if (child.exitCode !== null) throw new Error(`ended: ${said}`);
      return port;
    },
    { what: "the upstream listens", timeoutMs: 10_000, everyMs: 10 },
  );
  const stop = async () => {
    // One that was stopped hears nothing else.
    child.kill("SIGCONT");
    await endChild(child, 2_000);
  };
  return { url: `http://127.0.0.1:${port}`, child, received, stop };
}
