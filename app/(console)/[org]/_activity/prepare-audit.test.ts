import { expect, it } from "vitest";
import { prepareDiff, sentenceOf } from "./prepare-audit.ts";

it("an entry reads as a sentence, also one of a kind that is new to the console", () => {
  const target = { kind: "api", id: "api_1", name: "Orders" };
  expect(sentenceOf({ action: "api.create", target })).toBe("created API Orders");
  expect(sentenceOf({ action: "apiToken.create", target: { ...target, kind: "apiToken" } })).toBe(
    "created API token Orders",
  );
  expect(sentenceOf({ action: "x.revoke", target: { ...target, kind: "enrolmentToken" } })).toBe(
    "revoked enrolment token Orders",
  );
  expect(sentenceOf({ action: "tide.turn", target: { ...target, kind: "high_tide" } })).toBe("turn high tide Orders");
});

it("what was not there before has no before; structures are written out", () => {
  expect(prepareDiff({ rate: { after: { limit: 5 } }, name: { before: "A", after: "B" } })).toEqual([
    { member: "rate", before: null, after: '{"limit":5}' },
    { member: "name", before: "A", after: "B" },
  ]);
});
