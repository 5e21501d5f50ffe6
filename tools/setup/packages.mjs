import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { versionOf } from "./on-path.mjs";
import { giveUp } from "./say.mjs";

/** Below this, a dependency or Node's own running of TypeScript fails. */
export const OLDEST_NODE = 24;

/** Installs the locked npm packages unless they are there. */
export function ensurePackages(root) {
  if (packagesAreInstalled(root)) return;
  console.log("Installing npm packages (once; about a minute)");
  const result = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: "inherit",
  });
  if (result.error) giveUp("npm is not on PATH: install Node with npm, then run this again.");
  if (result.status !== 0) giveUp("npm ci failed: its lines above say why.");
}

/** Compares the lock file with the one that npm leaves in `node_modules` when an install is complete. */
export function packagesAreInstalled(root) {
  const hidden = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(hidden)) return false;
  return holdsLocked(packagesOf(join(root, "package-lock.json")), packagesOf(hidden));
}

/** Whether every package that must be there is, in its locked version; an optional one may be absent, but not another. */
export function holdsLocked(locked, installed) {
  return Object.entries(locked).every(([place, { version, optional }]) => {
    if (place === "") return true;
    const found = installed[place];
    return found ? found.version === version : optional === true;
  });
}

/** The Node that everything else runs under: the pinned one, or where npm has none for this machine, a new enough one. */
export function pinnedNode(root) {
  const node = join(root, "node_modules", ".bin", "node");
  if (existsSync(node) && versionOf(node)) return node;
  if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) return process.execPath;
  return giveUp(
    `npm has no Node for ${process.platform}-${process.arch} here, and this one is ${process.version}: install Node 26, then run this again.`,
  );
}

const packagesOf = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
