import { join } from "node:path";
import { cruiseRooms, readConfig } from "./cruise.mjs";
import { undetected } from "./plant-violations.mjs";
import { roomsThere, rootFiles } from "./rooms.mjs";

/**
 * "Who may import whom", checked. A green check that looked at nothing has been seen, so it also proves that it read the
 * code (floors, a little below what is there), and that each rule finds a violation that was planted for it.
 */
const MODULES_AT_LEAST = 480;
const SUBPATH_IMPORTS_AT_LEAST = 900;

const root = join(import.meta.dirname, "../..");
const config = await readConfig(root);
const rooms = roomsThere(root);
const { modules, violations } = await cruiseRooms(config, root, [...rooms, ...rootFiles(root)]);
const blind = await undetected(config, root);

const own = modules.filter(({ source }) => !source.includes("node_modules/"));
const subpaths = own.flatMap(({ dependencies }) => dependencies).filter(({ module }) => module.startsWith("#"));
const problems = [
  ...violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
  ...blind.map((rule) => `${rule}: does not find the violation that is planted for it`),
  ...rooms
    .filter((room) => !own.some(({ source }) => source.startsWith(`${room}/`)))
    .map((room) => `${room}: not read`),
];
if (own.length < MODULES_AT_LEAST) problems.push(`only ${own.length} modules were read`);
if (subpaths.length < SUBPATH_IMPORTS_AT_LEAST) problems.push(`only ${subpaths.length} # imports were resolved`);

for (const problem of problems) console.log(problem);
console.log(`${own.length} modules, ${subpaths.length} # imports, ${config.forbidden.length} rules`);
process.exit(problems.length === 0 ? 0 : 1);
