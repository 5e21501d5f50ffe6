import fc from "fast-check";
import { expect, test } from "vitest";
import { problemReply } from "#gateway/pipeline/index.ts";
import { exchangeOf } from "#gateway/testkit/identified.ts";
import { qualityOf } from "./accept.ts";
import { compileForms } from "./forms.ts";

function fill(template: Parameters<typeof compileForms>[0], detail: string): string {
  const reply = problemReply(400, "bad_request", detail);
  return compileForms(template)(exchangeOf(), reply, { title: "Bad", detail }).body[0];
}

test("any text in a JSON template is still JSON, and comes out as it went in", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (detail) => {
      expect(JSON.parse(fill({ json: '{"d":"{{detail}}"}' }, detail))).toEqual({ d: detail });
      expect(JSON.parse(fill({ json: { d: ["{{detail}}"] } }, detail))).toEqual({ d: [detail] });
    }),
  );
});

test("no text in a page opens a tag or ends an attribute", () => {
  fc.assert(
    fc.property(fc.string(), (detail) => {
      expect(fill({ html: "{{detail}}" }, detail)).not.toMatch(/[<>"']/);
    }),
  );
});

test("the range that says most about a type decides, whatever it says", () => {
  expect(qualityOf("text/*;q=0.3, text/html;q=0.7, */*;q=0.5", "text/html")).toBe(0.7);
  expect(qualityOf("text/*;q=0.3, */*;q=0.5", "text/html")).toBe(0.3);
  expect(qualityOf("*/*;q=0.5", "text/html")).toBe(0.5);
  expect(qualityOf("text/html;q=nonsense", "text/html")).toBe(0);
  expect(qualityOf("application/json", "text/html")).toBe(0);
});
