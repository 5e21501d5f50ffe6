import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { consoleMigrations, migrateDatabase } from "#drizzle/migrate.ts";
import { isFree } from "#base/loopback.ts";
import { writeAtomically } from "#infra/local/store.ts";
import { buildOutdated } from "./build.ts";
import type { Component } from "./component.ts";
import { startPostgres } from "./postgres.ts";
import { consoleComponent, regionComponent, workerComponent, type Machine } from "./processes.ts";
import { startRedis } from "./redis.ts";
import { say, SetUpFailed, timed } from "./say.ts";
import { operatorSecrets } from "./secrets.ts";
import type { UpSettings } from "./settings.ts";

/** Everything on this machine, in the order in which one thing needs another; `down` goes the other way. */
export interface Running {
  url: string;
  down: () => Promise<void>;
}

export async function bringUp(settings: UpSettings): Promise<Running> {
  const started: Component[] = [];
  const down = async () => {
    if (settings.readyFile) await rm(settings.readyFile, { force: true });
    for (const component of started.splice(0).reverse()) await component.stop();
  };
  try {
    await bringAllUp(settings, started);
    return { url: settings.publicUrl, down };
  } catch (error) {
    await down();
    throw error;
  }
}

async function bringAllUp(settings: UpSettings, started: Component[]): Promise<void> {
  if (!(await isFree(settings.port)))
    throw new SetUpFailed(
      `Port ${settings.port} is in use. Stop what listens there, or choose another: CAUSEWAY_PORT=${settings.port + 1000} npm start`,
    );
  await mkdir(settings.state, { recursive: true });
  // PostgreSQL's account walks through it; the secrets inside are in folders and files of their own.
  await chmod(settings.state, 0o711);
  await buildOutdated(settings.buildStamps);
  const secrets = await operatorSecrets(settings.state);
  const databaseUrl =
    settings.databaseUrl ?? (await timed("PostgreSQL is up", () => ownPostgres(settings, secrets, started)));
  const redisUrl = settings.redisUrl ?? (await timed("Redis is up", () => ownRedis(settings, secrets, started)));
  await timed("database is at this version", () => migrateDatabase(databaseUrl, consoleMigrations));
  const machine = { settings, databaseUrl, redisUrl, secrets };
  await startProcesses(machine, started);
  tellWhatRuns(machine);
  if (settings.readyFile)
    await writeAtomically(
      settings.readyFile,
      JSON.stringify({ url: settings.publicUrl, pid: process.pid, databaseUrl, socket: settings.socket }),
    );
}

type Secrets = Machine["secrets"];

async function ownPostgres(settings: UpSettings, secrets: Secrets, started: Component[]): Promise<string> {
  const { component, url } = await startPostgres(settings, secrets.databasePassword);
  started.push(component);
  return url;
}

async function ownRedis(settings: UpSettings, secrets: Secrets, started: Component[]): Promise<string> {
  const { component, url } = await startRedis(settings, secrets.redisPassword);
  started.push(component);
  return url;
}

/** The region first, since the worker speaks to it; each is stopped in the reverse order. */
async function startProcesses(machine: Machine, started: Component[]): Promise<void> {
  const order = [regionComponent(machine), workerComponent(machine), consoleComponent(machine)];
  for (const component of order) {
    started.push(component);
    await timed(`${component.name} is up`, () => component.start());
  }
}

function tellWhatRuns({ settings, databaseUrl, redisUrl }: Machine): void {
  const place = (url: string) => new URL(url).host;
  say("");
  say(`Causeway is at ${settings.publicUrl}`);
  say(`  PostgreSQL  ${place(databaseUrl)}`);
  say(`  Redis       ${place(redisUrl)}`);
  say(`  region      ${settings.socket}, ports ${settings.port + 100}–${settings.port + 999}`);
  say(`  logs        ${join(settings.state, "logs")}`);
  say("Ctrl-C stops all of it; the next start brings it back.");
}
