import { join } from "node:path";
import { regionClient } from "#infra/local/client.ts";
import { repository } from "../bundle.ts";
import { Component, type ComponentPlan } from "./component.ts";
import { letterIn } from "./letter-line.ts";
import type { operatorSecrets } from "./secrets.ts";
import type { UpSettings } from "./settings.ts";

export interface Machine {
  settings: UpSettings;
  databaseUrl: string;
  redisUrl: string;
  secrets: Awaited<ReturnType<typeof operatorSecrets>>;
}

/** The local region: ready when its socket answers, which is before its services are all back. */
export function regionComponent(machine: Machine): Component {
  const { settings } = machine;
  return node(machine, "region", ["infra/local/main.ts"], {
    ready: () => regionClient({ socket: settings.socket }).health(),
    // It waits for the tenants' own processes, which drain.
    stopWithinMs: 30_000,
  });
}

export function workerComponent(machine: Machine): Component {
  const { settings } = machine;
  return node(machine, "worker", ["infra/main.ts"], {
    env: {
      CAUSEWAY_ENGINE_ROOT: settings.engineRoot,
      CAUSEWAY_CONSOLE_URL: `http://127.0.0.1:${settings.port}`,
      CAUSEWAY_UPSTREAM_ALLOW: settings.upstreamAllow,
    },
    ready: async () => true,
    stopWithinMs: 15_000,
  });
}

export function consoleComponent(machine: Machine): Component {
  const { settings, secrets } = machine;
  const start = ["node_modules/next/dist/bin/next", "start", "-p", String(settings.port), "-H", settings.host];
  return node(machine, "console", start, {
    env: {
      REDIS_URL: machine.redisUrl,
      NEXTAUTH_SECRET: secrets.nextAuthSecret,
      NEXTAUTH_URL: settings.publicUrl,
      CAUSEWAY_PUBLIC_URL: settings.publicUrl,
      NEXT_TELEMETRY_DISABLED: "1",
      CAUSEWAY_FETCH_ALLOW: settings.fetchAllow,
      CAUSEWAY_TRUSTED_PROXIES: settings.trustedProxies,
      // With its whole path: the command works in any folder's terminal.
      CAUSEWAY_GATEWAY_COMMAND: `${process.execPath} ${join(repository, "dist/gateway/gateway.mjs")}`,
    },
    ready: async () => (await fetch(`http://127.0.0.1:${settings.port}/`, { redirect: "manual" })).status < 500,
    stopWithinMs: 10_000,
    tell: letterIn,
  });
}

type NodeProcess = Pick<ComponentPlan, "ready" | "stopWithinMs" | "tell"> & { env?: Record<string, string> };

/** The environment is made here and not inherited: what a shell happens to hold does not change what runs. */
function node(machine: Machine, name: string, args: string[], { env, ...more }: NodeProcess): Component {
  const { settings, secrets, databaseUrl } = machine;
  const [entry = "", ...rest] = args;
  const all = {
    PATH: process.env.PATH ?? "",
    HOME: process.env.HOME ?? "/",
    TMPDIR: process.env.TMPDIR ?? "/tmp",
    NODE_ENV: "production",
    DATABASE_URL: databaseUrl,
    CAUSEWAY_PORT: String(settings.port),
    CAUSEWAY_STATE_DIR: settings.state,
    CAUSEWAY_LOCAL_SOCKET: settings.socket,
    CAUSEWAY_SECRET_KEY: secrets.secretKey,
    CAUSEWAY_SIGNING_KEY: secrets.signingKey,
    ...(settings.regionsFile ? { CAUSEWAY_REGIONS_FILE: settings.regionsFile } : {}),
    ...env,
  };
  const options = { env: all, cwd: repository, graceSeconds: 10 };
  const plan = { name, command: process.execPath, args: [join(repository, entry), ...rest], options };
  return new Component({ ...plan, readyWithinMs: 60_000, ...more }, settings.state);
}
