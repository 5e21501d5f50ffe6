import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { runStages } from "./check/run-stages.mjs";
import { chooseStages } from "./check/stages.mjs";
import { preparePackages } from "./setup/prepare.mjs";
import { giveUp } from "./setup/say.mjs";

/** `npm run check [-- stage …]`: the static checks, cheapest first; stops at the first that fails. Needs Node 20 or later. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { stages, unknown } = chooseStages(process.argv.slice(2));
if (unknown.length > 0) giveUp(`There is no stage ${unknown.join(", ")}: choose from ${stages.join(", ")}.`);
const node = await preparePackages(root);
process.exit(runStages(root, node, stages) ? 0 : 1);
