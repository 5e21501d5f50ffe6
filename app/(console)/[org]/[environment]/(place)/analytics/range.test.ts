import { expect, it } from "vitest";
import { filterHref, readRange } from "./range.ts";

it("an unknown range is the last hour", () => {
  expect(readRange("7d")).toBe("7d");
  expect(readRange("constructor")).toBe("1h");
  expect(readRange(undefined)).toBe("1h");
});

it("filters stand in the URL, and only those that are set", () => {
  expect(filterHref("/a/e/analytics", { range: "1h", api: "api_1", key: null })).toBe(
    "/a/e/analytics?range=1h&api=api_1",
  );
  expect(filterHref("/a/e/analytics", { api: undefined })).toBe("/a/e/analytics");
});
