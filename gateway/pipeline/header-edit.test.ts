import { expect, test } from "vitest";
import { withEdit } from "./header-edit.ts";

test("a second edit adds to the first, and what the first took off stays off", () => {
  const credential = { drop: new Set(["cookie", "x-token"]), add: ["Cookie", "a=1"] };
  const transform = { drop: new Set(["x-from"]), add: ["X-From", "gateway"] };
  expect(withEdit(credential, transform)).toEqual({
    drop: new Set(["cookie", "x-token", "x-from"]),
    add: ["Cookie", "a=1", "X-From", "gateway"],
  });
});

test("a second edit decides about what the first added", () => {
  const first = { drop: new Set(["cookie"]), add: ["Cookie", "a=1"] };
  expect(withEdit(first, { drop: new Set(["cookie"]), add: [] }).add).toEqual([]);
});

test("one edit alone is not copied", () => {
  const edit = { drop: new Set<string>(), add: [] };
  expect(withEdit(undefined, edit)).toBe(edit);
});
