import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cruiseRooms } from "./cruise.mjs";

/** Rooms whose rule is the table's line: reaching for the console's pages is wrong for each. */
const rooms = ["drizzle", "gateway", "controlplane", "infra", "server", "portal", "cli", "e2e", "bench"];

/** `[rule, file, what it imports]`: one violation of each rule. */
const plants = [
  ...rooms.map((room) => [`${room}-imports`, `${room}/planted/reaches.ts`, "#app/planted/page.ts"]),
  ...rooms.map((room) => [`${room}-tests-import`, `${room}/planted/reaches.test.ts`, "#app/planted/page.ts"]),
  ["app-imports", "app/planted/page.tsx", "#infra/planted/target.ts"],
  ["app-tests-import", "app/planted/page.test.tsx", "#infra/planted/target.ts"],
  ["rest-route-imports", "app/api/v1/planted/route.ts", "#server/planted/target.ts"],
  ["outbox-page-imports", "app/outbox/page.tsx", "#server/planted/target.ts"],
  ["contracts-imports", "contracts/planted/reads-files.ts", "node:fs"],
  ["base-imports", "base/planted/queries.ts", "pg"],
  ["client-files-take-types-only", "app/planted/client.tsx", "#server/trpc/target.ts"],
  ["services-do-not-know-their-edges", "server/planted/service.ts", "#server/trpc/target.ts"],
  ["gateway-domains-through-their-index", "gateway/serve/planted.ts", "#gateway/upstream/target.ts"],
  ["plugins-do-not-know-each-other", "gateway/plugins/one/index.ts", "#gateway/plugins/two/index.ts"],
  ["plugins-are-known-to-their-index-alone", "gateway/serve/knows.ts", "#gateway/plugins/two/index.ts"],
  ["nothing-runs-test-code", "gateway/serve/tested.ts", "#gateway/testkit/index.ts"],
  ["the-gateway-ships-alone", "gateway/planted/queries.ts", "pg"],
  ["the-console-never-loads-pulumi", "server/planted/deploys.ts", "@pulumi/pulumi"],
  ["resolved", "base/planted/looks.ts", "./absent.ts"],
  ["no-cycles", "base/planted/hen.ts", "./egg.ts"],
  ["no-cycles", "base/planted/egg.ts", "./hen.ts"],
];

const typePlants = [
  ["no-cycles-of-types", "base/planted/cause.ts", "./effect.ts"],
  ["no-cycles-of-types", "base/planted/effect.ts", "./cause.ts"],
];

/** Rules that stay silent about what is planted for them; a rule that nothing is planted for is one of them. */
export async function undetected(config, root) {
  const folder = await mkdtemp(join(tmpdir(), "causeway-boundaries-"));
  try {
    const files = [...plants, ...typePlants].map(([, file]) => file);
    await plant(folder, await readFile(join(root, "package.json"), "utf8"));
    const { violations } = await cruiseRooms(config, folder, files);
    const found = new Set(violations.map(({ rule, from }) => `${rule.name} ${from}`));
    return config.forbidden
      .map(({ name }) => name)
      .filter((name) => !files.some((file) => isPlantedFor(name, file) && found.has(`${name} ${file}`)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const isPlantedFor = (name, file) => [...plants, ...typePlants].some(([rule, at]) => rule === name && at === file);

async function plant(folder, packageJson) {
  const write = async (file, text) => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  };
  // The real one's `imports` decide what a # path means.
  const { name, type, imports } = JSON.parse(packageJson);
  await write(
    "package.json",
    JSON.stringify({ name, type, imports, dependencies: { pg: "*", "@pulumi/pulumi": "*" } }),
  );
  for (const name of ["pg", "@pulumi/pulumi"]) {
    await write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
    await write(`node_modules/${name}/index.js`, "export {};\n");
  }
  const targets = plants.map(([, , target]) => target).filter((target) => target.startsWith("#"));
  for (const target of targets) await write(target.slice(1), "export const target = 1;\n");
  for (const [, file, target] of plants)
    await write(file, `import * as reached from "${target}";\nexport { reached };\n`);
  for (const [, file, target] of typePlants)
    await write(file, `import type { Shape as Other } from "${target}";\nexport type Shape = Other[];\n`);
}
