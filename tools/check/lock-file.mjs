import { readFileSync } from "node:fs";
import { lockProblems } from "./lock-problems.mjs";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const problems = lockProblems(lock);
for (const problem of problems) console.log(problem);
if (problems.some((problem) => problem.includes("no entry")))
  console.log("Complete it in a copy without node_modules: npm install --package-lock-only");
process.exit(problems.length === 0 ? 0 : 1);
