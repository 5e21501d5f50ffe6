import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { onPath, versionOf } from "../setup/on-path.mjs";
import { giveUp } from "../setup/say.mjs";
import { buildWithGo } from "./build-with-go.mjs";
import { installFromPulumi } from "./install-from-pulumi.mjs";
import { ENGINE_VERSION, isFitting } from "./version.mjs";

/**
 * Puts the `pulumi` command, which npm does not carry, at `<root>/.causeway/engine/<version>/bin/pulumi`, the cheapest way
 * first, and returns the path. An engine that is there is used as it is. It is made beside its place and renamed, so that
 * what was interrupted never looks ready.
 */
export async function fetchEngine(root, node) {
  const home = join(root, ".causeway", "engine", ENGINE_VERSION);
  const file = join(home, "bin", "pulumi");
  if (existsSync(file)) return file;
  clearAbandoned(home);
  const partial = `${home}.partial-${process.pid}`;
  mkdirSync(join(partial, "bin"), { recursive: true });
  try {
    const got = linkFromPath(partial) || (await installFromPulumi(partial, node)) || (await buildWithGo(partial));
    if (got) takePlace(partial, home, file);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  if (existsSync(file)) return file;
  return giveUp(
    `The Pulumi engine ${ENGINE_VERSION} is missing: install Pulumi (https://www.pulumi.com/docs/install/) or Go 1.26 or later (https://go.dev/dl), then run this again.`,
  );
}

/** The engine of the system's own, where it fits. */
function linkFromPath(partial) {
  const found = onPath("pulumi");
  if (!found || !isFitting(versionOf(found, ["version"]))) return false;
  symlinkSync(found, join(partial, "bin", "pulumi"));
  console.log(`Using the Pulumi engine at ${found}`);
  return true;
}

function takePlace(partial, home, file) {
  // Another process may have been quicker: its engine is as good.
  if (existsSync(file)) return;
  rmSync(home, { recursive: true, force: true });
  renameSync(partial, home);
}

/** Removes what ended processes left; one that runs keeps its own. */
function clearAbandoned(home) {
  const folder = dirname(home);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const [, pid] = name.split(`${basename(home)}.partial-`);
    if (pid && !isAlive(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: another account's, hence alive.
    return error.code === "EPERM";
  }
}
