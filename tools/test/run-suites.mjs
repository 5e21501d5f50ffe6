import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ensureChromium } from "../setup/chromium.mjs";
import { countPlaywright, countVitest } from "./count-tests.mjs";

const E2E_CONFIG = "e2e/playwright.config.ts";

/** Unit and integration tests. */
export function runVitest(root, node) {
  const { status, report } = runWithReport({
    root,
    node,
    name: "vitest",
    args: (file) => [
      "node_modules/vitest/vitest.mjs",
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${file}`,
    ],
  });
  return countVitest(report, status);
}

/** End-to-end tests, where there are some and a browser; without one the suite is named and counts as one skipped. */
export function runPlaywright(root, node) {
  if (!existsSync(join(root, E2E_CONFIG))) return { passed: 0, failed: 0, skipped: 0 };
  const chromium = ensureChromium();
  if (!chromium) {
    console.log("e2e: skipped, there is no Chromium (install it, or name one with CAUSEWAY_CHROMIUM)");
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const { status, report } = runWithReport({
    root,
    node,
    name: "e2e",
    args: () => [
      "node_modules/@playwright/test/cli.js",
      "test",
      "--config",
      E2E_CONFIG,
      "--retries=0",
      "--reporter=list,json",
    ],
    env: (file) => ({ CAUSEWAY_CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: file }),
  });
  return countPlaywright(report, status);
}

/** Runs a suite with its output shown, and reads the report that it leaves under `.causeway/test`. */
function runWithReport({ root, node, name, args, env = () => ({}) }) {
  const folder = join(root, ".causeway", "test");
  const file = join(folder, `${name}.json`);
  mkdirSync(folder, { recursive: true });
  // An earlier run's report must not stand in for one that was not written.
  rmSync(file, { force: true });
  const path = join(root, "node_modules", ".bin") + delimiter + process.env.PATH;
  const environment = { ...process.env, PATH: path, ...env(file) };
  const { status } = spawnSync(node, args(file), { cwd: root, stdio: "inherit", env: environment });
  return { status, report: existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined };
}
