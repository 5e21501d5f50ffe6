import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writtenConfiguration } from "#contracts/config/file.ts";
import { ANY_NAME, descriptionOf, fieldsOf } from "#contracts/walk-schema.ts";
import { repository } from "#tools/bundle.ts";
import { generated } from "./generated.ts";

test.each(generated())("$file is what the schemas say now; npm run reference makes it anew", ({ file, text }) => {
  expect(readFileSync(join(repository, file), "utf8")).toBe(text);
});

test("every field has a meaning", () => {
  const silent = fieldsOf(writtenConfiguration)
    .filter(({ path }) => typeof path.at(-1) === "string" && path.at(-1) !== ANY_NAME)
    .filter(({ schema }) => !descriptionOf(schema))
    .map(({ path }) => path.join("."));
  expect(silent).toEqual([]);
});

describe("the reference tells what a reader looks for", () => {
  const [reference] = generated();
  const lineOf = (field: string) => reference!.text.split("\n").find((line) => line.startsWith(`| \`${field}\` |`));

  test.each([
    ["apis[].id", /\| id \| required \|/],
    ["apis[].upstream.timeouts.connectMs", /\| duration \| `5s` \|/],
    ["apis[].rate", /\| rate \|/],
    ["apis[].auth", /`key`/],
    ["apis[].upstream.targets[].weight", /whole number from 0 to 1,000 \| `1` \|/],
    ["apis[].versioning.versions.<name>.sunset", /RFC 8594 \|$/],
    ["settings.listeners[].tls.minVersion", /`TLSv1.2`, `TLSv1.3` \| `TLSv1.2` \|/],
    ["keys[].secret", /\| reference|text/],
  ])("%s", (field, expected) => {
    expect(lineOf(field)).toMatch(expected);
  });

  test("what was told once is pointed at", () => {
    expect(lineOf("apis[].versioning.versions.<name>.upstream")).toContain("as `apis[].upstream`");
  });
});
