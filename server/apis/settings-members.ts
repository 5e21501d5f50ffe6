import type { z } from "zod";
import { behaviour } from "#contracts/api/definition.ts";
import type { settingsMember } from "#contracts/console/views.ts";
import { ANY_NAME, descriptionOf, fieldsOf, type Field } from "#contracts/walk-schema.ts";
import { settingsOfApi } from "./written-settings.ts";

type Member = z.infer<typeof settingsMember>;

let members: readonly Member[] | undefined;

/** Every member that an API's settings may have, in the order of the schema and with what the schema says of it. */
export function settingsMembers(): Member[] {
  return [...(members ??= describe())];
}

function describe(): Member[] {
  const told = fieldsOf(settingsOfApi)
    .filter(({ path }) => !isRepeated(path))
    .map(({ path, schema }) => ({ path: written(path), meaning: descriptionOf(schema) ?? "" }))
    .filter(({ meaning }) => meaning !== "");
  // Several forms of one thing have some of their members in common.
  return [...new Map(told.map((member) => [member.path, member])).values()];
}

/** A version has the members of its API, which are told once. */
function isRepeated([first, second, name, member]: Field["path"]): boolean {
  return first === "versioning" && second === "versions" && name === ANY_NAME && String(member) in behaviour;
}

function written(path: Field["path"]): string {
  return path
    .map((part, index) => (part === 0 ? "[]" : `${index > 0 ? "." : ""}${part === ANY_NAME ? "<name>" : part}`))
    .join("");
}
