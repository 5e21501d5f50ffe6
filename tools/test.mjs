import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { prepare } from "./setup/prepare.mjs";
import { closingLine, sum } from "./test/count-tests.mjs";
import { runPlaywright, runVitest } from "./test/run-suites.mjs";

/** `npm test`: fetches what a fresh clone lacks, runs every test, and closes with one line. Runs under Node 20 and later. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = await prepare(root);
const total = sum([runVitest(root, node), runPlaywright(root, node)]);
console.log(closingLine(total));
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
