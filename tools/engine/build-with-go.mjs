import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onPath, versionOf } from "../setup/on-path.mjs";
import { seconds } from "../setup/say.mjs";
import { canBuild, ENGINE_VERSION } from "./version.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const MODULE = "github.com/pulumi/pulumi";
const SAY_EVERY_MS = 15_000;

/** Builds the engine's Go module to `<target>/bin/pulumi`; `false` where there is no Go that can. */
export async function buildWithGo(target) {
  const go = onPath("go");
  if (!go || !canBuild(versionOf(go, ["version"]))) return false;
  console.log(`Building the Pulumi engine ${ENGINE_VERSION} with Go (once; about three minutes on two cores)`);
  const flags = `-s -w -X ${MODULE}/sdk/v3/go/common/version.Version=v${ENGINE_VERSION}`;
  const out = join(target, "bin", "pulumi");
  const args = ["build", "-v", "-mod=mod", "-ldflags", flags, "-o", out, `${MODULE}/pkg/v3/cmd/pulumi`];
  const { status, lastLines } = await followBuild(spawn(go, args, { cwd: here, stdio: ["ignore", "inherit", "pipe"] }));
  if (status !== 0) console.error(`The Pulumi engine could not be built:\n${lastLines.join("\n")}`);
  return status === 0;
}

/** `-v` names each package as it is compiled; counted, since a thousand names would bury the rest. */
function followBuild(build) {
  const startedAt = performance.now();
  const lastLines = [];
  let compiled = 0;
  createInterface({ input: build.stderr }).on("line", (line) => {
    if (/^[\w.]+(\/[\w.@~-]+)*$/.test(line)) compiled += 1;
    else lastLines.splice(0, lastLines.push(line) - 20);
  });
  const telling = setInterval(
    () => console.log(`  ${compiled} packages compiled after ${seconds(performance.now() - startedAt)}`),
    SAY_EVERY_MS,
  );
  return new Promise((resolve, reject) => {
    build.once("error", reject);
    build.once("close", (status) => resolve({ status, lastLines }));
  }).finally(() => clearInterval(telling));
}
