import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fetchEngine } from "../engine/fetch.mjs";

/** What a fresh clone lacks, fetched once and said aloud. Plain JavaScript without dependencies: it runs before them. */

/** Installs the npm packages when they are absent or the lock file has changed since. */
export function ensurePackages(root) {
  const stamp = join(root, "node_modules", ".causeway-lock");
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  console.log("Installing npm packages (once; about a minute)");
  // `npm ci` refuses a lock file that was written where a registry lacks other platforms' optional binaries; `npm install`
  // takes the same locked versions.
  const result = spawnSync("npm", ["install", "--no-save", "--no-audit", "--no-fund"], { cwd: root, stdio: "inherit" });
  if (result.status !== 0) giveUp("npm install failed: its lines above say why.");
  writeFileSync(stamp, lock);
}

/** The pinned Node, which everything else runs under. */
export function pinnedNode(root) {
  const node = join(root, "node_modules", ".bin", "node");
  if (!existsSync(node))
    giveUp(`There is no pinned Node for ${process.platform}-${process.arch} in node_modules; install Node 26.`);
  return node;
}

/** Redis for the machine, from its package manager, unless REDIS_URL names one and clusters are not needed. */
export function ensureRedis() {
  if (!spawnSync("redis-server", ["--version"]).error) return;
  installWith("Redis", { apt: "redis-server", dnf: "redis", apk: "redis", brew: "redis" });
  if (spawnSync("redis-server", ["--version"]).error)
    giveUp("Redis is needed: install it (redis-server on PATH), then run this again.");
}

export function ensureEngine(root) {
  return fetchEngine(root);
}

/** Uses the system's package manager where that is allowed without a question; says nothing was done otherwise. */
export function installWith(what, names) {
  const root = process.getuid?.() === 0;
  const sudo = !root && spawnSync("sudo", ["-n", "true"]).status === 0;
  const managers = [
    [
      "apt-get",
      names.apt,
      [
        ["update", "-qq"],
        ["install", "-y", "-qq", names.apt],
      ],
      true,
    ],
    ["dnf", names.dnf, [["install", "-y", "-q", names.dnf]], true],
    ["apk", names.apk, [["add", "--quiet", names.apk]], true],
    ["brew", names.brew, [["install", "--quiet", names.brew]], false],
  ];
  for (const [command, name, steps, needsRoot] of managers) {
    if (!name || spawnSync(command, ["--version"]).error) continue;
    if (needsRoot && !root && !sudo) return console.log(`${what} is missing: run  sudo ${command} install ${name}`);
    console.log(`Installing ${what} with ${command}`);
    for (const args of steps) {
      const [program, ...rest] = needsRoot && !root ? ["sudo", "-n", command, ...args] : [command, ...args];
      spawnSync(program, rest, {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      });
    }
    return;
  }
}

/** One line, and a status that scripts see. */
export function giveUp(line) {
  console.error(line);
  process.exit(1);
}
