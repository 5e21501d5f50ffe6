import type { z } from "zod";
import { behaviour } from "#contracts/api/definition.ts";
import type { settingsMember } from "#contracts/console/views.ts";
import { ANY_NAME, type Field } from "#contracts/walk-schema.ts";
import { sourceMembers } from "../source/source-members.ts";
import { settingsOfApi } from "./written-settings.ts";

type Member = z.infer<typeof settingsMember>;

let members: readonly Member[] | undefined;

/** Every member that an API's settings may have, in the order of the schema and with what the schema says of it. */
export function settingsMembers(): Member[] {
  return [...(members ??= sourceMembers(settingsOfApi, (path) => !isRepeated(path)))];
}

/** A version has the members of its API, which are told once. */
function isRepeated([first, second, name, member]: Field["path"]): boolean {
  return first === "versioning" && second === "versions" && name === ANY_NAME && String(member) in behaviour;
}
