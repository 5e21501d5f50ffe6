import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { repository } from "../bundle.ts";
import { consoleUrlOf } from "../seed/read-arguments.ts";
import { SeedFailed } from "../seed/seed-failed.ts";
import { openBrowser } from "./browser.ts";
import { photographDemo } from "./photograph-demo.ts";
import { photographDeploy } from "./photograph-deploy.ts";

/**
 * The pictures of the README, from a running console in which `npm run seed -- demo` has been. What it deploys for a
 * picture it destroys again.
 */
const folder = join(repository, "docs/images");
const consoleUrl = consoleUrlOf(process.env);
await mkdir(folder, { recursive: true });
const browser = await openBrowser(consoleUrl, folder);
try {
  await photographDeploy(browser);
  await photographDemo(browser);
  console.log(`The pictures are in ${folder}`);
} catch (error) {
  console.error(error instanceof SeedFailed ? error.message : error);
  process.exitCode = 1;
} finally {
  await browser.close();
}
