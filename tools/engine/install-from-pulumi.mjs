import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ENGINE_VERSION } from "./version.mjs";

const HOST = "https://get.pulumi.com";

/**
 * Pulumi's own installer, which the SDK carries. Whether its host answers is asked first: behind a firewall the installer
 * itself would hang for minutes.
 */
export async function installFromPulumi(target, node) {
  if (!(await installerAnswers())) return false;
  console.log(`Installing the Pulumi engine ${ENGINE_VERSION} with Pulumi's installer`);
  const installer = fileURLToPath(new URL("./run-installer.mjs", import.meta.url));
  const result = spawnSync(node, [installer, target], { stdio: "inherit", timeout: 10 * 60_000 });
  if (result.status !== 0) console.log("Pulumi's installer failed; trying to build the engine");
  return result.status === 0;
}

/** Whether the installer's host answers within five seconds. */
export async function installerAnswers() {
  try {
    return (await fetch(`${HOST}/install.sh`, { method: "HEAD", signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    // Refused, unresolved or silent: there is another way.
    return false;
  }
}
