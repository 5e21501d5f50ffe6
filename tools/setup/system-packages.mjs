import { spawnSync } from "node:child_process";
import { onPath } from "./on-path.mjs";

/**
 * Installs a package with the system's package manager where that is allowed without a question; else says what to run.
 * `names` maps a manager to its name for the package; a manager without one is passed over. Whether it worked is the
 * caller's to look at: a manager may succeed and bring a stand-in.
 */
export function installWith(what, names) {
  const manager = managers.find(({ command, key }) => names[key] && onPath(command));
  if (!manager) return;
  const { command, key, asRoot, steps } = manager;
  const root = process.getuid?.() === 0;
  const sudo = asRoot && !root;
  if (sudo && spawnSync("sudo", ["-n", "true"]).status !== 0)
    return console.log(`${what} is missing: run  sudo ${command} install ${names[key]}`);
  console.log(`Installing ${what} with ${command}`);
  for (const args of steps(names[key])) {
    const [program, ...rest] = sudo ? ["sudo", "-n", command, ...args] : [command, ...args];
    spawnSync(program, rest, { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, ...quiet } });
  }
}

const quiet = { DEBIAN_FRONTEND: "noninteractive" };
const managers = [
  {
    key: "apt",
    command: "apt-get",
    asRoot: true,
    steps: (name) => [
      ["update", "-qq"],
      ["install", "-y", "-qq", "--no-install-recommends", name],
    ],
  },
  { key: "dnf", command: "dnf", asRoot: true, steps: (name) => [["install", "-y", "-q", name]] },
  { key: "apk", command: "apk", asRoot: true, steps: (name) => [["add", "--quiet", name]] },
  { key: "brew", command: "brew", asRoot: false, steps: (name) => [["install", "--quiet", name]] },
];
