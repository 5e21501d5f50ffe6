import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { canBuild, ENGINE_VERSION, isFitting } from "./version.mjs";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test("the engine, the SDK, the Go module and the worker's tests are of one version", () => {
  expect(read("../../infra/fixtures/rig.ts")).toContain(`.causeway/engine/${ENGINE_VERSION}"`);
  expect(JSON.parse(read("../../package.json")).dependencies["@pulumi/pulumi"]).toBe(ENGINE_VERSION);
  expect(read("./go.mod")).toContain(`github.com/pulumi/pulumi/pkg/v3 v${ENGINE_VERSION}\n`);
});

test.each([
  ["v3.259.0", true],
  ["3.259.1", true],
  ["v3.300.0\n", true],
  ["v3.258.9", false],
  ["v4.0.0", false],
  ["v2.300.0", false],
  ["v3.259.0-alpha.1", false],
  ["", false],
  [undefined, false],
])("an installed engine that says %j fits: %s", (text, fits) => {
  expect(isFitting(text, "3.259.0")).toBe(fits);
});

test.each([
  ["go version go1.26.8 linux/amd64", true],
  ["go version go1.25.9 linux/amd64", false],
  ["go version go2.0 linux/amd64", true],
  [undefined, false],
])("Go that says %j can build the engine: %s", (text, can) => {
  expect(canBuild(text)).toBe(can);
});
