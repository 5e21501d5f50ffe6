import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The file that a command's name stands for, or `undefined`. */
export function onPath(command, path = process.env.PATH ?? "") {
  if (command.includes("/")) return isExecutable(command) ? command : undefined;
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const file = join(folder, command);
    if (isExecutable(file)) return file;
  }
  return undefined;
}

/** What a command prints about its version, trimmed; `undefined` when it cannot be started or fails. */
export function versionOf(command, args = ["--version"]) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: 20_000 });
  return status === 0 ? (stdout || stderr).trim() : undefined;
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Absent, or not ours to start: either way the command is not there.
    return false;
  }
}
