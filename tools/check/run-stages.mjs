import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { seconds } from "../setup/say.mjs";
import { commandOf } from "./stages.mjs";

/** Runs stage after stage and says how long each took; shows the output of the first that fails, and stops there. */
export function runStages(root, node, stages) {
  const path = join(root, "node_modules", ".bin") + delimiter + process.env.PATH;
  return stages.every((stage) => {
    const startedAt = performance.now();
    const { status, stdout, stderr } = spawnSync(node, commandOf(stage, root), {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, PATH: path },
    });
    const passed = status === 0;
    console.log(`${stage}: ${passed ? "ok" : "failed"} (${seconds(performance.now() - startedAt)})`);
    if (!passed) console.log(stdout + stderr);
    return passed;
  });
}
