import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { gatherFacts } from "./doctor/gather-facts.mjs";
import { judge } from "./doctor/judge.mjs";

/** `npm run doctor`: what is there, what is missing, and what helps. Without dependencies, for Node 20 and later. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const findings = judge(await gatherFacts(root));
for (const { what, state, says, remedy } of findings)
  console.log(`${state.padEnd(8)}  ${what.padEnd(18)}  ${says}${remedy ? `; ${remedy}` : ""}`);
const missing = findings.filter(({ state }) => state === "missing");
console.log(missing.length === 0 ? "Nothing needed is missing." : `${missing.length} needed, and missing.`);
process.exit(missing.length === 0 ? 0 : 1);
