import { benchCloud } from "./cloud.ts";
import { benchGateway } from "./gateway/index.ts";
import { benchLink } from "./link.ts";

/** `npm run bench -- <name> [parts]`: prints one JSON line a figure. Ratios beside a peer of the same run are what is compared. */
const benches: Record<string, (args: readonly string[]) => Promise<void>> = {
  gateway: benchGateway,
  link: benchLink,
  cloud: benchCloud,
};

const [name = "", ...args] = process.argv.slice(2);
const bench = benches[name];
if (!bench) {
  process.stderr.write(`Usage: npm run bench -- <${Object.keys(benches).join("|")}>\n`);
  process.exit(2);
}
await bench(args);
process.exit(process.exitCode ?? 0);
