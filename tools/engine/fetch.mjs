import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The Pulumi engine's version: the same as `@pulumi/pulumi`'s. */
export const ENGINE_VERSION = "3.259.0";
const here = dirname(fileURLToPath(import.meta.url));

/**
 * Puts the `pulumi` command at `<root>/.causeway/engine/<version>/bin/pulumi`, which npm does not carry, by building its
 * Go module; returns the path. An engine that is there is used as it is.
 */
export function fetchEngine(root) {
  const file = join(root, ".causeway", "engine", ENGINE_VERSION, "bin", "pulumi");
  if (existsSync(file)) return file;
  if (spawnSync("go", ["version"]).error)
    throw new Error("The Pulumi engine is missing. Install Go 1.26 or later (https://go.dev/dl), and run this again.");
  mkdirSync(dirname(file), { recursive: true });
  console.log(`Building the Pulumi engine ${ENGINE_VERSION} (once, some minutes)`);
  const module = "github.com/pulumi/pulumi";
  const flags = `-s -w -X ${module}/sdk/v3/go/common/version.Version=v${ENGINE_VERSION}`;
  const built = spawnSync("go", ["build", "-mod=mod", "-ldflags", flags, "-o", file, `${module}/pkg/v3/cmd/pulumi`], {
    cwd: here,
    stdio: ["ignore", "inherit", "pipe"],
  });
  if (built.status !== 0)
    throw new Error(`The Pulumi engine could not be built:\n${String(built.stderr).slice(-2_000)}`);
  return file;
}
