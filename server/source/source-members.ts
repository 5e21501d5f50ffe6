import type { z } from "zod";
import type { settingsMember } from "#contracts/console/views.ts";
import { ANY_NAME, descriptionOf, fieldsOf, type Field, type Schema } from "#contracts/walk-schema.ts";

type Member = z.infer<typeof settingsMember>;

/** Every member that a value of a schema may have, in the order of the schema and with what the schema says of it. */
export function sourceMembers(schema: Schema, isTold: (path: Field["path"]) => boolean = () => true): Member[] {
  const told = fieldsOf(schema)
    .filter(({ path }) => isTold(path))
    .map(({ path, schema }) => ({ path: written(path), meaning: descriptionOf(schema) ?? "" }))
    .filter(({ meaning }) => meaning !== "");
  // Several forms of one thing have some of their members in common.
  return [...new Map(told.map((member) => [member.path, member])).values()];
}

function written(path: Field["path"]): string {
  return path
    .map((part, index) => (part === 0 ? "[]" : `${index > 0 ? "." : ""}${part === ANY_NAME ? "<name>" : part}`))
    .join("");
}
