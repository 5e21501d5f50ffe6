import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createLogger } from "#base/log.ts";
import type { SignedSnapshot } from "#contracts/revision/snapshot.ts";
import { temporaryFolders } from "#gateway/testkit/temporary-folder.ts";
import { Generations } from "./generations.ts";

const log = createLogger("gateway", { level: "silent" });
const folder = temporaryFolders();
const key = new Uint8Array(32).fill(7);
const snapshot = (revision: number): SignedSnapshot => ({
  revision,
  cluster: "dep_test",
  hash: "0".repeat(64),
  signature: "s",
  body: `{"n":${revision}}`,
});
const revisions = (generations: Generations) => [...generations.load()].map(({ revision }) => revision);

describe("the last good revisions on disk", () => {
  test("newest first, and no more than three", () => {
    const place = folder();
    const generations = new Generations(place, key, log);
    for (const revision of [1, 2, 3, 4, 5]) generations.save(snapshot(revision));
    expect(revisions(generations)).toEqual([5, 4, 3]);
    expect(readdirSync(place)).toHaveLength(3);
  });

  test("a damaged one falls back to the one before", () => {
    const place = folder();
    const generations = new Generations(place, key, log);
    for (const revision of [1, 2]) generations.save(snapshot(revision));
    writeFileSync(join(place, readdirSync(place).toSorted().at(-1)!), "v1.damaged");
    expect(revisions(generations)).toEqual([1]);
  });

  test("another node's key opens nothing", () => {
    const place = folder();
    new Generations(place, key, log).save(snapshot(1));
    expect(revisions(new Generations(place, new Uint8Array(32), log))).toEqual([]);
  });

  test("a disk that refuses stops nobody", () => {
    const place = join(folder(), "file");
    writeFileSync(place, "not a folder");
    const generations = new Generations(place, key, log);
    generations.save(snapshot(1));
    expect(revisions(generations)).toEqual([]);
  });
});
