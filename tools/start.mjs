import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { prepare } from "./setup/prepare.mjs";

/** `npm start`: fetches what is missing, then hands over to `tools/up` under the pinned Node. Runs under Node 20 and later. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = await prepare(root);

const up = spawn(node, [join(root, "tools/up/main.ts")], { cwd: root, stdio: "inherit" });
// The terminal sends Ctrl-C to both; this one only waits, so that the order of stopping is tools/up's.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => signal === "SIGINT" || up.kill("SIGTERM"));
up.once("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 0)));
