import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { endChild, spawnLeashed, type LeashedChild } from "#base/leash.ts";
import { waitUntil } from "#base/wait.ts";

const entry = resolve(import.meta.dirname, "../main.ts");
const ADMIN_TOKEN = "testkit-admin";

/** File configuration as a literal, in the shapes that people write. */
export type Literal = Record<string, unknown>;

export interface BootOptions {
  workers?: number;
  env?: Record<string, string>;
  /** Files beside the configuration, by name. */
  files?: Record<string, string>;
  /** What is given as --config, where it is not the file that the literal is written into. */
  config?: string;
}

export interface BootedGateway {
  url: string;
  adminUrl: string;
  child: LeashedChild;
  folder: string;
  output(): string;
  status(): Promise<{ applied: { revision: number } | null; workers: { alive: number; restarts: number } }>;
  /** Writes another configuration; resolves when every worker serves it. */
  reconfigure(literal: Literal): Promise<void>;
  /** Writes a file of the configuration as it is, and waits for nothing. */
  write(text: string): void;
  /** Reads what was written last, now; with what the admin address answered. */
  reload(): Promise<{ status: number; detail: string }>;
  /** The same gateway, started again on the same data folder. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A whole gateway, its own processes and real sockets, from a literal. Ends with `stop`. */
export async function bootGateway(literal: Literal, options: BootOptions = {}): Promise<BootedGateway> {
  const folder = mkdtempSync(join(tmpdir(), "causeway-gateway-"));
  for (const [name, text] of Object.entries(options.files ?? {})) writeFileSync(join(folder, name), text);
  const config = join(folder, "gateway.json");
  writeFileSync(config, JSON.stringify(literal));
  let running = await start(config, folder, options);
  const gateway: BootedGateway = {
    get url() {
      return running.url;
    },
    get adminUrl() {
      return running.adminUrl;
    },
    get child() {
      return running.child;
    },
    folder,
    output: () => running.said(),
    async status() {
      const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
      const response = await fetch(`${running.adminUrl}/v1/status`, { headers });
      return (await response.json()) as Awaited<ReturnType<BootedGateway["status"]>>;
    },
    async reconfigure(next) {
      const before = (await gateway.status()).applied!.revision;
      writeFileSync(config, JSON.stringify(next));
      await waitUntil(async () => (await gateway.status()).applied!.revision > before, {
        what: "the changed configuration is served",
        timeoutMs: 5_000,
        everyMs: 20,
      });
    },
    write: (text) => writeFileSync(config, text),
    async reload() {
      const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
      const response = await fetch(`${running.adminUrl}/v1/reload`, { method: "POST", headers });
      const { detail = "" } = (await response.json()) as { detail?: string };
      return { status: response.status, detail };
    },
    async restart() {
      await endChild(running.child, 15_000);
      running = await start(config, folder, options);
    },
    async stop() {
      await endChild(running.child, 15_000);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return gateway;
}

/** A start that is expected to end: its status and what it printed on stderr. */
export async function startAndEnd(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ status: number | null; stderr: string }> {
  const child = spawnGateway(args, env);
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.resume();
  // And not its exit: its workers write there too.
  const status = await new Promise<number | null>((done) => child.once("close", done));
  return { status, stderr: stderr.trim() };
}

/** A start with a configuration that is refused: status and what was printed. */
export async function startRefused(literal: Literal, env: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "causeway-refused-"));
  try {
    const config = join(folder, "gateway.json");
    writeFileSync(config, JSON.stringify(literal));
    const args = ["--config", config, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--workers", "1"];
    return await startAndEnd(args, { CAUSEWAY_DATA_DIR: join(folder, "data"), ...env });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function start(config: string, folder: string, { workers = 1, env = {}, config: given }: BootOptions) {
  const place = given ?? config;
  const args = ["--config", place, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--workers", String(workers)];
  const child = spawnGateway(args, { CAUSEWAY_DATA_DIR: join(folder, "data"), ...env });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const up = await waitUntil(
    () => {
      if (child.exitCode !== null) throw new Error(`ended with status ${child.exitCode}`);
      return linesOf(said).find(({ msg }) => msg === "gateway is up");
    },
    { what: "the gateway is up", timeoutMs: 50_000, everyMs: 10 },
  ).catch(async (cause: unknown) => {
    await endChild(child, 5_000);
    throw new Error(`the gateway did not come up; it said:\n${said}`, { cause });
  });
  return { child, url: `http://${up.listen}`, adminUrl: up.admin!, said: () => said };
}

function spawnGateway(args: string[], env: Record<string, string>): LeashedChild {
  const fixed = {
    PATH: process.env.PATH ?? "",
    CAUSEWAY_ADMIN_TOKEN: ADMIN_TOKEN,
    CAUSEWAY_DRAIN_GRACE_SECONDS: "0.2",
  };
  return spawnLeashed(process.execPath, [entry, ...args], { env: { ...fixed, ...env }, graceSeconds: 10 });
}

interface LogLine {
  msg?: string;
  listen?: string;
  admin?: string;
}

function linesOf(text: string): LogLine[] {
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as LogLine];
    } catch {
      // A line that is still being written, or a sentence on stderr.
      return [];
    }
  });
}

/** The configuration that a gateway was last given. */
export const readLiteral = (gateway: BootedGateway): Literal =>
  JSON.parse(readFileSync(join(gateway.folder, "gateway.json"), "utf8")) as Literal;
