import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileOrigins } from "./origin-rule.ts";

describe("an origin is allowed as a whole and not by a part of it", () => {
  const allow = compileOrigins(["https://a.example", "*.b.example", "http://*.c.example:8080"]);

  test.each([
    "https://a.example",
    "https://A.example",
    "https://x.b.example",
    "https://x.y.b.example",
    "http://x.c.example:8080",
  ])("%s", (origin) => expect(allow(origin)).toBe(origin));

  test.each([
    "http://a.example",
    "https://a.example:8443",
    "https://a.example.evil.net",
    "https://b.example",
    "https://evilb.example",
    "https://.b.example",
    "https://evil.net/.b.example",
    "https://evil.net#.b.example",
    "https://evil.net:1@x.b.example",
    "https://x.b.example:8443",
    "http://x.b.example",
    "https://x.c.example:8080",
    "http://x.c.example",
    "null",
    "",
  ])("%s is refused", (origin) => expect(allow(origin)).toBeUndefined());

  test("whatever stands before a wildcard's ending, it is a name and nothing else", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const origin = `https://${text}.b.example`;
        if (allow(origin) !== undefined) expect(new URL(origin).hostname).toBe(`${text.toLowerCase()}.b.example`);
      }),
    );
  });
});

test("a star answers with a star, so that it can never come with credentials", () => {
  expect(compileOrigins(["*"])("https://whoever.example")).toBe("*");
});
