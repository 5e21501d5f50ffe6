import { describe, expect, test } from "vitest";
import { apiSettings } from "#contracts/api/definition.ts";
import { explainIssues } from "#base/explain-issues.ts";
import { policy } from "#contracts/policy/policy.ts";

const minimal = { id: "a", listen: "/a", upstream: "http://u" };
const explained = (input: object) =>
  explainIssues(apiSettings.safeParse({ ...minimal, ...input }).error?.issues ?? []).map(
    ({ path, message }) => `${path.map(String).join(".")}: ${message}`,
  );

describe("what is wrong is told for the form that was meant", () => {
  test.each([
    ["a rate in words", { rate: "fast" }, "rate: expected a rate such as 100/s, 10/30s or 1000000/30d"],
    [
      "a full listen without its slash",
      { listen: { path: "x" } },
      "listen.path: expected a path that starts with / and has no query",
    ],
    [
      "a short listen without its slash",
      { listen: "x" },
      "listen: expected a path that starts with / and has no query",
    ],
    ["a listen of another type", { listen: 7 }, "listen: expected text or members by name"],
    [
      "a bad URL among targets",
      { upstream: { targets: [{ url: "ftp://x" }] } },
      "upstream.targets.0.url: expected an http:// or https:// URL, or causeway://<api id>/path",
    ],
    ["an unknown way in", { auth: "magic" }, "auth: expected none, key, basic or members by name"],
    [
      "one of a list's words, misspelt",
      { upstream: { targets: ["http://u"], balancing: "random" } },
      "upstream.balancing: expected round-robin, least-loaded or members by name",
    ],
    [
      "a word where words and statuses may stand",
      { upstream: { targets: ["http://u"], retry: { on: ["conect"] } } },
      "upstream.retry.on.0: expected connect, reset, timeout, 429, 500, 502, 503 or 504",
    ],
    [
      "a member of two forms that is not there",
      { listen: undefined },
      "listen: is missing; expected text or members by name",
    ],
    ["an unknown member", { auth: { anyOf: [{ key: { place: "x" } }] } }, "auth.anyOf.0.key.place: is not known here"],
  ])("%s", (_name, input, expected) => {
    expect(explained(input)).toEqual([expected]);
  });

  test("what is right needs no words", () => {
    expect(explained({})).toEqual([]);
    expect(policy.safeParse({ id: "p", apis: ["a"] }).success).toBe(true);
  });
});
