import { expect, it } from "vitest";
import { splitTags } from "#app/_ui/tags.ts";

it.each([
  ["", []],
  ["internal, eu", ["internal", "eu"]],
  [" a,,b  a ", ["a", "b"]],
])("%j holds %j", (text, tags) => expect(splitTags(text)).toEqual(tags));
