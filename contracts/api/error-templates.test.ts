import { describe, expect, test } from "vitest";
import { errorTemplates } from "./error-templates.ts";

function mistakesIn(name: string): string[] {
  const issues = errorTemplates.safeParse({ [name]: { text: "no" } }).error?.issues ?? [];
  return issues
    .flatMap((issue) => (issue.code === "invalid_key" ? issue.issues : [issue]))
    .map(({ message }) => message);
}

describe("templates of errors", () => {
  test.each([["rate_limited"], ["429"], ["*"]])("are told by %s", (name) => {
    expect(mistakesIn(name)).toEqual([]);
  });

  test("are not told by an error that no gateway answers: what is near is named", () => {
    expect(mistakesIn("rate_limit")).toEqual(["is not an error of a gateway; known: rate_limited"]);
    expect(mistakesIn("nope")).toEqual(["is not an error of a gateway; the reference lists their codes"]);
  });

  test.each([["42"], ["Rate"], [""]])("are not told by %j", (name) => {
    expect(mistakesIn(name)).toEqual(["expected an error's code, a status such as 429, or *"]);
  });
});
