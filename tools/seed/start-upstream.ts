import { spawn } from "node:child_process";
import { join } from "node:path";
import { waitUntil } from "#base/wait.ts";
import { SeedFailed } from "./seed-failed.ts";

/** Above the console's own ports and below those of its stacks (see `npm start`). */
const PORT_ABOVE_CONSOLE = 90;

/** The demo's upstream beside the console, started unless it runs already; it stays when the seed has ended. */
export async function startUpstream(consoleUrl: string): Promise<string> {
  const { port, protocol } = new URL(consoleUrl);
  const own = Number(port || (protocol === "https:" ? 443 : 80)) + PORT_ABOVE_CONSOLE;
  const url = `http://127.0.0.1:${own}`;
  if (await isDemo(url)) return url;
  const child = spawn(process.execPath, [join(import.meta.dirname, "upstream/main.ts"), String(own), consoleUrl], {
    detached: true,
    stdio: "ignore",
  });
  child.unref();
  await waitUntil(() => isDemo(url), { what: "the demo's upstream answers", timeoutMs: 10_000 }).catch(
    (cause: unknown) => {
      throw new SeedFailed(`The demo's upstream did not come up at ${url}. Name another with --upstream URL.`, {
        cause,
      });
    },
  );
  return url;
}

async function isDemo(url: string): Promise<boolean> {
  const answer = await fetch(url).catch(() => null);
  return answer !== null && (await answer.text()).includes("causeway-demo");
}
