import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fetchEngine } from "./engine/fetch.mjs";

/** `npm test`: fetches what a fresh clone lacks, runs every test, and closes with one line. Runs under Node 20 and later. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "node_modules", ".bin");

const run = (command, args, env = process.env) => spawnSync(command, args, { cwd: root, stdio: "inherit", env });

function demand(result, what) {
  if (result.status === 0) return;
  console.error(`${what} failed`);
  process.exit(1);
}

// `npm ci` refuses a lock file that was written where a registry lacks other platforms' optional binaries; `npm install`
// takes the same locked versions.
if (!existsSync(join(bin, "vitest")))
  demand(run("npm", ["install", "--no-save", "--no-audit", "--no-fund"]), "npm install");
if (spawnSync("redis-server", ["--version"]).error) {
  console.log("Installing Redis");
  run("apt-get", ["update", "-qq"]);
  demand(run("apt-get", ["install", "-y", "-qq", "redis-server"]), "Installing Redis (install redis-server by hand)");
}
fetchEngine(root);

const report = join(root, ".causeway", "test", "report.json");
mkdirSync(dirname(report), { recursive: true });
const env = { ...process.env, PATH: bin + delimiter + process.env.PATH };
const tests = run(
  join(bin, "node"),
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ],
  env,
);
const {
  numPassedTests: passed,
  numFailedTests,
  numFailedTestSuites,
  numPendingTests: skipped,
} = JSON.parse(readFileSync(report, "utf8"));
// A suite whose hook failed has no failed test of its own, and still failed.
const failed = Math.max(numFailedTests, numFailedTestSuites > 0 || tests.status !== 0 ? 1 : 0);
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
