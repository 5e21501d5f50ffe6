import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { readFileConfiguration } from "./config/file/read-file-configuration.ts";
import { prepare } from "./config/prepare.ts";
import { proofDeps } from "./processes/proof-deps.ts";
import { dummyEnv, guideBlocks, withStandIns } from "./testkit/guide-blocks.ts";

const blocks = guideBlocks();
const made: string[] = [];
const kept = { ...process.env };
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
  process.env = { ...kept };
});

test("each guide about the gateway shows a configuration", () => {
  const guides = new Set(blocks.map(({ guide }) => guide));
  expect([...guides]).toEqual(expect.arrayContaining(["gateway-alone.md", "gateway-limits.md", "gateway-identity.md"]));
});

test.each(blocks)("$guide:$line is read and compiled as it stands", async ({ text, files }) => {
  const folder = mkdtempSync(join(tmpdir(), "causeway-guide-"));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const file = join(folder, "gateway.yaml");
  writeFileSync(file, withStandIns(text, folder));
  Object.assign(process.env, dummyEnv(text));
  const { configuration } = await readFileConfiguration({ path: file }, []);
  const { parsed } = prepare({ ...configuration, revision: 1 }, undefined, proofDeps(configuration));
  expect(parsed.quarantined).toEqual([]);
  expect(parsed.apis.length + parsed.settings.listeners.length).toBeGreaterThan(0);
});
