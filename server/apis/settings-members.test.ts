import { expect, test } from "vitest";
import { behaviour } from "#contracts/api/definition.ts";
import { settingsMembers } from "./settings-members.ts";

test("every member that an API does something with is told, once and with its meaning", () => {
  const paths = settingsMembers().map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(Object.keys(behaviour)));
  expect(new Set(paths).size).toBe(paths.length);
  expect(settingsMembers().filter(({ meaning }) => meaning.trim() === "")).toEqual([]);
});

test.each([
  "upstream.targets[].weight",
  "operations.<name>.block",
  "versioning.versions.<name>.sunset",
  "cors.origins",
])("%s is named as it is written", (path) => {
  expect(settingsMembers()).toContainEqual({ path, meaning: expect.stringMatching(/\w/) as string });
});

test("what a version has in place of its API's is not told again", () => {
  expect(settingsMembers().filter(({ path }) => path.startsWith("versioning.versions.<name>.upstream"))).toEqual([]);
});
