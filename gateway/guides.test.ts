import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { FakeClock } from "#base/clock.ts";
import { createLogger } from "#base/log.ts";
import { readFileConfiguration } from "./config/file/read-file-configuration.ts";
import { prepare } from "./config/prepare.ts";
import { proofDeps } from "./processes/proof-deps.ts";
import { SecretStore } from "./secrets/index.ts";
import { dummyEnv, fillStores, guideBlocks, withStandIns } from "./testkit/guide-blocks.ts";
import { startSecretStores, type SecretStores } from "./testkit/secret-stores.ts";

const blocks = guideBlocks();
let stores: SecretStores;
beforeAll(async () => {
  stores = await startSecretStores();
});
afterAll(() => stores.stop());
const made: string[] = [];
const kept = { ...process.env };
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
  process.env = { ...kept };
});

test("each guide about the gateway shows a configuration", () => {
  const guides = new Set(blocks.map(({ guide }) => guide));
  expect([...guides]).toEqual(
    expect.arrayContaining(["gateway-alone.md", "gateway-limits.md", "gateway-identity.md", "gateway-secrets.md"]),
  );
});

test.each(blocks)("$guide:$line is read and compiled as it stands", async ({ text, files }) => {
  const folder = mkdtempSync(join(tmpdir(), "causeway-guide-"));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const file = join(folder, "gateway.yaml");
  writeFileSync(file, withStandIns(text, folder));
  Object.assign(process.env, dummyEnv(text), stores.env);
  fillStores(text, stores);
  const log = createLogger("test", { level: "silent" });
  const secrets = new SecretStore({ env: process.env, clock: new FakeClock(), random: () => 0, log, everyMs: 60_000 });
  const { configuration } = await readFileConfiguration({ path: file }, [], secrets);
  const { parsed } = prepare({ ...configuration, revision: 1 }, undefined, proofDeps(configuration));
  expect(parsed.quarantined).toEqual([]);
  expect(parsed.apis.length + parsed.settings.listeners.length).toBeGreaterThan(0);
});
