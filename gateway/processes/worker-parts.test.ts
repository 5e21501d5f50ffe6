import { build } from "esbuild";
import { expect, test } from "vitest";

/** What only the primary needs, or a worker that was asked for it: each costs megabytes in every worker. */
const HEAVY = /node_modules\/(zod|undici|yaml|ws|msgpackr|prom-client)\//;

test("a worker loads neither schemas nor what reads configuration: the primary has parsed what comes to it", async () => {
  const { metafile } = await build({
    entryPoints: ["gateway/processes/worker.ts"],
    absWorkingDir: process.cwd(),
    outdir: "nowhere",
    bundle: true,
    write: false,
    splitting: true,
    platform: "node",
    format: "esm",
    metafile: true,
    logLevel: "error",
  });
  const worker = Object.values(metafile.outputs).find(
    ({ entryPoint }) => entryPoint === "gateway/processes/worker.ts",
  )!;
  // Its own chunk and what it imports before it runs; what it imports when it needs it is another chunk.
  const eager = [
    worker,
    ...worker.imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => metafile.outputs[path]),
  ];
  const carried = eager.flatMap((output) => Object.keys(output?.inputs ?? {}));
  expect(carried.some((path) => path.startsWith("gateway/serve/"))).toBe(true);
  expect(carried.filter((path) => HEAVY.test(path) || path.includes("/ioredis/"))).toEqual([]);
});
