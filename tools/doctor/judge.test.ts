import { expect, test } from "vitest";
import { judge } from "./judge.mjs";

const healthy = {
  platform: "linux-x64",
  node: "v20.20.2",
  packages: true,
  pinnedNode: "v26.10.0" as string | undefined,
  redis: "/usr/bin/redis-server",
  postgres: { url: false, binaries: true, root: false, account: false, canMakeAccount: true },
  engine: "v3.259.0" as string | undefined,
  pulumiOnPath: undefined as string | undefined,
  installer: false,
  go: undefined as string | undefined,
  chromium: undefined as string | undefined,
  nginx: undefined as string | undefined,
  port: { port: 3000, free: true, causeway: false },
  freeBytes: 5e9,
};
const missingOf = (changes: Partial<typeof healthy>) =>
  judge({ ...healthy, ...changes }).filter(({ state }) => state === "missing");

test("on a prepared machine nothing is missing, and what one job needs is optional", () => {
  expect(missingOf({})).toEqual([]);
  const optional = judge(healthy).filter(({ state }) => state === "optional");
  expect(optional.map(({ what }) => what)).toEqual(["Go", "Chromium", "nginx"]);
});

test.each([
  ["an old Node", { node: "v18.20.0" }, "Node"],
  ["absent packages", { packages: false }, "npm packages"],
  ["a machine that npm has no Node for", { pinnedNode: undefined }, "pinned Node"],
  ["absent Redis", { redis: undefined }, "Redis"],
  ["absent PostgreSQL", { postgres: { ...healthy.postgres, binaries: false } }, "PostgreSQL"],
  ["another program on the port", { port: { port: 3000, free: false, causeway: false } }, "port 3000"],
  ["a full disk", { freeBytes: 9e8 }, "disk"],
])("%s is missing, with a remedy", (_name, changes, what) => {
  expect(missingOf(changes as Partial<typeof healthy>)).toMatchObject([{ what, remedy: expect.any(String) }]);
});

test("a new enough Node of the system's own stands in for the pinned one", () => {
  expect(missingOf({ node: "v24.1.0", pinnedNode: undefined })).toEqual([]);
});

test("a PostgreSQL of the operator's own is enough to start", () => {
  expect(missingOf({ postgres: { ...healthy.postgres, url: true, binaries: false } })).toEqual([]);
});

test("root needs an account for PostgreSQL, or the means to make one", () => {
  const asRoot = { ...healthy.postgres, root: true };
  expect(missingOf({ postgres: asRoot })).toEqual([]);
  expect(missingOf({ postgres: { ...asRoot, canMakeAccount: false } })).toMatchObject([{ what: "PostgreSQL account" }]);
  expect(missingOf({ postgres: { ...asRoot, canMakeAccount: false, account: true } })).toEqual([]);
});

test.each([
  ["the one on PATH, where it fits", { pulumiOnPath: "v3.260.0", installer: true }, /PATH/],
  ["Pulumi's installer, where it answers", { pulumiOnPath: "v3.1.0", installer: true, go: "go1.26.8" }, /installer/],
  ["Go, where it is new enough", { go: "go version go1.26.8 linux/amd64" }, /Go, in about/],
  ["a person, otherwise", { go: "go version go1.24.0 linux/amd64" }, /install Pulumi/],
])("a missing engine is got from %s", (_name, changes, remedy) => {
  const [finding] = missingOf({ engine: undefined, ...changes });
  expect(finding).toMatchObject({ what: "Pulumi engine", remedy: expect.stringMatching(remedy) });
});

test("a port that Causeway itself listens on is fine", () => {
  expect(missingOf({ port: { port: 3000, free: false, causeway: true } })).toEqual([]);
});
