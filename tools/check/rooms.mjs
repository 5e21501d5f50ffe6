import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The folders that hold code, each one thing that runs or that others agree on. Some are still to come. */
const rooms = [
  "app",
  "base",
  "bench",
  "cli",
  "contracts",
  "controlplane",
  "drizzle",
  "e2e",
  "gateway",
  "infra",
  "portal",
  "server",
  "tools",
];

export function roomsThere(root) {
  return rooms.filter((room) => existsSync(join(root, room)));
}

/** What lies beside them: the console's entry points and the tools' configurations. */
export function rootFiles(root) {
  return readdirSync(root).filter((name) => /\.(ts|mjs)$/.test(name) && !name.endsWith(".d.ts"));
}
