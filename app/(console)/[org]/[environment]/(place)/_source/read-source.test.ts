import { describe, expect, it } from "vitest";
import { placed, readSource, type SourceRules } from "./read-source.ts";

const rules: SourceRules = {
  example: "listen: /orders",
  elsewhere: { id: "take the line out", openapi: "is edited under OpenAPI document" },
  mayBeEmpty: false,
};
const read = (text: string, change: Partial<SourceRules> = {}) => readSource(text, { ...rules, ...change });

const text = `# what we sell
name: Orders
listen: /orders
upstream:
  targets:
    - http://a.test
    - url: http://b.test
      weight: many
versioning:
  versions:
    v1: { state: active }
    v1.2:
      state: odd
`;

describe("readSource", () => {
  it("reads YAML, and JSON, which is YAML too", () => {
    expect(read("listen: /a # here")).toEqual({ members: { listen: "/a" }, problems: [] });
    expect(read('{ "listen": "/a" }').members).toEqual({ listen: "/a" });
  });

  it.each([
    ["", 1, /expected members by name/],
    ["- a", 1, /expected members by name/],
    ["name: a\nname: b", 2, /unique/],
    ["a: 1\nb: [", 2, /./],
    ["a: !tide high", 1, /tag/],
    ["name: a\nid: orders", 2, /take the line out/],
    ["name: a\nopenapi: ./a.yaml", 2, /OpenAPI document/],
    ["a: *nothing", undefined, /alias.*nothing/],
  ])("of %j names the line, and sends nothing", (text, line, message) => {
    const { members, problems } = read(text);
    expect(members).toBeUndefined();
    expect(problems[0]).toMatchObject({ line, message: expect.stringMatching(message) as string });
    expect(problems[0]!.message).not.toMatch(/\n|at line/);
  });

  it.each(["", "# nothing yet"])("takes %j for no members where there may be none", (text) => {
    expect(read(text, { mayBeEmpty: true })).toEqual({ members: {}, problems: [] });
  });

  it("does not unfold aliases without end", () => {
    const wide = "[*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]";
    const bomb = `a: &a [1]\nb: &b ${wide}\nc: &c ${wide.replaceAll("a", "b")}\nd: ${wide.replaceAll("a", "c")}`;
    expect(read(bomb).members).toBeUndefined();
  });
});

describe("placed", () => {
  it.each([
    ["upstream.targets.1.weight", 8, "a member of an entry"],
    ["upstream.targets.0", 6, "an entry"],
    ["upstream.targets", 5, "a list as a whole, by its name"],
    ["versioning.versions.v1.2.state", 13, "a name with a dot in it"],
    ["versioning.versions.v1.rate", 11, "what is missing, by what it should be in"],
    ["upstream.retry.attempts", 4, "what is further away, by what is there"],
    ["listen.path", 3, "a part of what is written in short"],
    ["auth", undefined, "what is not there at all"],
  ])("%s is at line %s: %s", (path, line, _what) => {
    expect(placed(text, [{ path, message: "is odd" }])).toEqual([{ line, path, message: "is odd" }]);
  });

  it("tells what is wrong in the order of its lines, and first what has none", () => {
    const fields = ["upstream", "listen", "auth"].map((path) => ({ path, message: "is odd" }));
    expect(placed(text, fields).map(({ path }) => path)).toEqual(["auth", "listen", "upstream"]);
  });
});
