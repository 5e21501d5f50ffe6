import { roomsThere, rootFiles } from "./rooms.mjs";

/** Every stage with the script that Node runs for it, cheapest first. */
const commands = {
  lock: () => ["tools/check/lock-file.mjs"],
  format: () => ["node_modules/prettier/bin/prettier.cjs", "--check", "--log-level=warn", "."],
  lint: (root) => [
    "node_modules/oxlint/bin/oxlint",
    "--type-aware",
    "--deny-warnings",
    ...roomsThere(root),
    ...rootFiles(root),
  ],
  types: () => ["node_modules/typescript/bin/tsc", "--noEmit", "-p", "."],
  boundaries: () => ["tools/check/boundaries.mjs"],
  "dead-code": () => ["node_modules/knip/bin/knip.js", "--no-progress"],
  unit: () => ["node_modules/vitest/vitest.mjs", "run", "--project", "unit"],
};

const all = Object.keys(commands);

/** The named stages in their fixed order; all of them when none is named. */
export function chooseStages(names) {
  const unknown = names.filter((name) => !all.includes(name));
  const wanted = unknown.length > 0 || names.length === 0 ? all : all.filter((stage) => names.includes(stage));
  return { stages: wanted, unknown };
}

export function commandOf(stage, root) {
  return commands[stage](root);
}
