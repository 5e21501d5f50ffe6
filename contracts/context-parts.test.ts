import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseContextText } from "./context-parts.ts";
import { contextText } from "./context.ts";

const partsOf = (text: string) => {
  const parsed = parseContextText(text);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed.parts;
};
const variable = (root: string, member: string) => ({ root, member });

describe("a text with variables", () => {
  test.each([
    ["plain", ["plain"]],
    ["", [""]],
    ["$key.id", [variable("key", "id")]],
    ["a-${key.id}-b", ["a-", variable("key", "id"), "-b"]],
    ["$claims.org.id.", [variable("claims", "org.id"), "."]],
    ["$request.header.x-tenant,$api.id", [variable("request", "header.x-tenant"), ",", variable("api", "id")]],
    ["$$key.id costs $5 $", ["$key.id costs $5 $"]],
    ["$$$key.id", ["$", variable("key", "id")]],
  ])("%j is read in its parts", (text, parts) => {
    expect(partsOf(text)).toEqual(parts);
  });

  test.each([
    "$key",
    "a-$key.id-b",
    "$key.name",
    "$nothing.id",
    "$key.metadata.",
    "${key.id",
    "${}",
    "$request.cookie.a",
    "$constructor.name",
  ])("%j is refused with the names that there are", (text) => {
    const { success, error } = contextText.safeParse(text);
    expect(success).toBe(false);
    expect(error!.issues[0]!.message).toMatch(/known: \$key\.id|expected a variable/);
  });

  test("any text can be written: with its dollar signs doubled it is itself", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(partsOf(text.replaceAll("$", "$$$$"))).toEqual([text]);
      }),
    );
  });
});
