import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fetchEngine } from "./fetch.mjs";
import { ENGINE_VERSION } from "./version.mjs";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "causeway-engine-"));
  vi.spyOn(console, "log").mockReturnValue(undefined);
  await putCommand(join(root, "bin", "pulumi"), ENGINE_VERSION);
  vi.stubEnv("PATH", `${join(root, "bin")}:${process.env.PATH}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(root, { recursive: true });
});

const folder = () => join(root, ".causeway", "engine");
const engine = () => join(folder(), ENGINE_VERSION, "bin", "pulumi");

test("a fitting engine on PATH is taken, and nothing is left beside it", async () => {
  expect(await fetchEngine(root, process.execPath)).toBe(engine());
  expect(await readlink(engine())).toBe(join(root, "bin", "pulumi"));
  expect(await readdir(folder())).toEqual([ENGINE_VERSION]);
});

test("an engine that is there is used as it is", async () => {
  await putCommand(engine(), "mine");
  await fetchEngine(root, process.execPath);
  expect(spawnSync(engine(), { encoding: "utf8" }).stdout).toBe("mine\n");
});

test("what an interrupted fetch left is no engine, and is cleared; what another one is making stays", async () => {
  const ended = spawnSync(process.execPath, ["--version"]).pid;
  await mkdir(join(folder(), `${ENGINE_VERSION}.partial-${ended}`, "bin"), { recursive: true });
  await mkdir(join(folder(), `${ENGINE_VERSION}.partial-${process.ppid}`), { recursive: true });
  await mkdir(dirname(engine()), { recursive: true });
  expect(await fetchEngine(root, process.execPath)).toBe(engine());
  expect((await readdir(folder())).toSorted()).toEqual([ENGINE_VERSION, `${ENGINE_VERSION}.partial-${process.ppid}`]);
});

async function putCommand(file: string, says: string) {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho ${says}\n`);
  await chmod(file, 0o755);
}
