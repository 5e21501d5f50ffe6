import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkpointIn, isUnsettled, takeState } from "./state-folder.ts";

describe("a stack's state", () => {
  let folder: string;
  const owner = (epoch: number) => ({ folder, project: "causeway", stack: "dep_1", epoch });
  const save = async (state: string, latest: unknown) => {
    const path = checkpointIn(state, owner(0));
    await mkdir(dirname(path), { recursive: true });
    await mkdir(join(state, ".pulumi/locks"), { recursive: true });
    await writeFile(join(state, ".pulumi/locks/one.json"), "{}");
    await writeFile(join(state, ".pulumi/meta.yaml"), "version: 1\n");
    await writeFile(path, JSON.stringify({ version: 3, checkpoint: { latest } }));
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "causeway-state-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("each child gets a folder of its own, with the state of the last one and without its lock", async () => {
    const first = await takeState(owner(1));
    await save(first, { resources: ["database"] });
    const second = await takeState(owner(1));
    const third = await takeState(owner(2));
    expect([first, second, third].map((path) => path.slice(folder.length))).toEqual([
      "/state-1-1",
      "/state-1-2",
      "/state-2-1",
    ]);
    expect(await readFile(checkpointIn(third, owner(2)), "utf8")).toContain("database");
    expect(await readdir(join(third, ".pulumi"))).not.toContain("locks");
    expect(await readdir(folder)).toEqual(["state-2-1"]);
  });

  it("what a lost engine still saves is not read", async () => {
    const lost = await takeState(owner(1));
    await save(lost, { resources: ["database"] });
    const taken = await takeState(owner(2));
    await save(lost, { resources: [] });
    await save(taken, { resources: ["database", "service"] });
    const next = await takeState(owner(3));
    expect(await readFile(checkpointIn(next, owner(3)), "utf8")).toContain("service");
  });

  it("a child of an older lease than the state's is refused", async () => {
    await save(await takeState(owner(5)), {});
    await expect(takeState(owner(4))).rejects.toThrow("causeway[stale_epoch] Epoch 4 is over: epoch 5 has the state.");
  });

  it("pending operations make it unsettled", async () => {
    const state = await takeState(owner(1));
    await save(state, { pending_operations: [{ type: "creating" }] });
    expect(await isUnsettled(state, owner(1))).toBe(true);
    await save(state, { pending_operations: null });
    expect(await isUnsettled(state, owner(1))).toBe(false);
  });
});
