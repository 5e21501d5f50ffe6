import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { endChild, spawnLeashed } from "#base/leash.ts";
import { waitUntil } from "#base/wait.ts";
import { repository } from "../bundle.ts";
import { freePortRange } from "./free-port.ts";

export interface TestCloud {
  /** The console's. */
  url: string;
  /** Of the local region. */
  socket: string;
  pid: number;
  stop(): Promise<void>;
}

/** Building, with an empty cache, is most of it. */
const UP_WITHIN_MS = 240_000;

/** `npm start` without its set-up part, on a state folder and ports of its own; resolves when everything answers. */
export async function startCloud(state: string, env: Record<string, string> = {}): Promise<TestCloud> {
  const port = await freePortRange(1_000);
  const readyFile = join(state, "ready.json");
  const child = spawnLeashed(process.execPath, [join(repository, "tools/up/main.ts")], {
    cwd: repository,
    graceSeconds: 40,
    env: {
      PATH: process.env.PATH ?? "",
      HOME: process.env.HOME ?? "/",
      CAUSEWAY_PORT: String(port),
      CAUSEWAY_STATE_DIR: state,
      CAUSEWAY_READY_FILE: readyFile,
      ...env,
    },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
  // An end is final: waiting on for a cloud that gave up would hide why for minutes.
  const ended = new AbortController();
  child.once("exit", (code) => ended.abort(new Error(`npm start ended with status ${code}`)));
  const ready = await waitUntil(
    async () => JSON.parse(await readFile(readyFile, "utf8")) as { url: string; socket: string },
    { what: "the cloud is up", timeoutMs: UP_WITHIN_MS, everyMs: 100, signal: ended.signal },
  ).catch(async (error: unknown) => {
    await endChild(child, 40_000);
    throw new Error(`the cloud did not come up; it said:\n${said}`, { cause: error });
  });
  return { ...ready, pid: child.pid!, stop: () => endChild(child, 60_000) };
}
