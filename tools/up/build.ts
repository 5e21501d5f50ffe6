import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "#infra/local/store.ts";
import { bundleForNode, repository } from "../bundle.ts";
import { say, SetUpFailed, timed } from "./say.ts";

interface Target {
  name: string;
  /** What it is made of: folders (all sources in them) and files. */
  sources: string[];
  result: string;
  make: () => Promise<unknown>;
}

const shared = ["base", "contracts", "package-lock.json"];

const targets: Target[] = [
  {
    name: "console",
    sources: [
      ...shared,
      "app",
      "server",
      "drizzle/console",
      "drizzle/migrate.ts",
      "proxy.ts",
      "instrumentation.ts",
      "next.config.mjs",
      "postcss.config.mjs",
    ],
    result: ".next/BUILD_ID",
    make: () => command(["node_modules/next/dist/bin/next", "build"]),
  },
  {
    name: "control plane",
    sources: [...shared, "controlplane", "drizzle/controlplane", "drizzle/migrate.ts", "tools/bundle.ts"],
    result: "dist/controlplane/controlplane.mjs",
    make: () => bundleForNode("controlplane/main.ts", "dist/controlplane/controlplane.mjs"),
  },
  {
    name: "gateway",
    sources: [...shared, "gateway", "tools/bundle.ts", "tools/pack-gateway.ts"],
    result: "dist/gateway/gateway.mjs",
    make: () => command(["tools/pack-gateway.ts"]),
  },
];

/** Builds what the sources have outrun, and says so; an unchanged tree builds nothing. */
export async function buildOutdated(stamps: string): Promise<void> {
  for (const target of targets) {
    const stamp = join(stamps, target.name.replaceAll(" ", "-"));
    const key = await keyOf(target.sources);
    const before = await readFile(stamp, "utf8").catch(() => "");
    if (before === key && existsSync(join(repository, target.result))) continue;
    say(`building the ${target.name}`);
    await timed(`${target.name} built`, target.make);
    await writeAtomically(stamp, key);
  }
}

async function keyOf(sources: string[]): Promise<string> {
  const hash = createHash("sha256");
  const patterns = sources.map((source) => (/\.\w+$/.test(source) ? source : `${source}/**/*.*`));
  const paths: string[] = [];
  for await (const path of glob(patterns, { cwd: repository })) paths.push(path);
  for (const path of paths.filter((name) => !name.includes(".test.")).sort())
    hash.update(`${path}\0`).update(await readFile(join(repository, path)).catch(() => ""));
  return hash.digest("hex");
}

function command(args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: repository,
      env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
    child.once("error", reject);
    child.once("exit", (code) =>
      code === 0 ? resolve() : reject(new SetUpFailed(`${args.join(" ")} failed:\n${said}`)),
    );
  });
}
