import { expect, it } from "vitest";
import { grantText } from "./grant-text.ts";

it("says what narrows a grant, and nothing of one that is whole", () => {
  expect(grantText({})).toBe("");
  expect(grantText({ operations: ["a", "b"], paths: [{ path: "/" }], rate: { limit: 5, windowMs: 1_000 } })).toBe(
    "2 operations, 1 path, 5/s",
  );
});
