import { ANY_NAME, descriptionOf, formsOf, type Bare, type Field, type Schema } from "#contracts/walk-schema.ts";
import { defaultOf } from "./default-of.ts";
import { hasParts, typeOf } from "./type-of.ts";

/** One field as a line of the reference. */
export interface Row {
  path: string;
  type: string;
  default: string;
  meaning: string;
  /** Where its semantics come from: RFCs and drafts that its meaning names. */
  source: string;
}

/** Every field below a schema. What has stood above once is pointed at and not told again. */
export function rowsOf(schema: Schema, above: Field["path"], told: Map<unknown, string>): Row[] {
  return formsOf(schema).flatMap((form) => rowsOfForm(form, above, told));
}

function rowsOfForm({ _zod: { def } }: Bare, above: Field["path"], told: Map<unknown, string>): Row[] {
  if (def.type === "array") return below(def.element, [...above, 0], told);
  if (def.type === "record") return below(def.valueType, [...above, ANY_NAME], told);
  if (def.type !== "object") return [];
  return Object.entries(def.shape).flatMap(([name, member]) => {
    const path = [...above, name];
    const before = hasParts(member) ? toldBefore(member, told) : undefined;
    const row = rowOf(path, member, before);
    return before === undefined ? [row, ...below(member, path, told)] : [row];
  });
}

function below(schema: Schema, path: Field["path"], told: Map<unknown, string>): Row[] {
  if (!hasParts(schema)) return [];
  for (const { _zod } of formsOf(schema)) if (!told.has(_zod.def)) told.set(_zod.def, written(path));
  return rowsOf(schema, path, told);
}

/** Where its members were told, if all of them were. */
function toldBefore(schema: Schema, told: ReadonlyMap<unknown, string>): string | undefined {
  const places = formsOf(schema)
    .filter(hasMembers)
    .map(({ _zod }) => told.get(_zod.def));
  return places.every((place) => place !== undefined) ? places[0] : undefined;
}

function hasMembers({ _zod: { def } }: Bare): boolean {
  if (def.type === "array") return hasParts(def.element);
  return def.type === "object" || (def.type === "record" && hasParts(def.valueType));
}

function rowOf(path: Field["path"], schema: Schema, before: string | undefined): Row {
  const meaning = descriptionOf(schema) ?? "";
  return {
    path: written(path),
    type: typeOf(schema),
    default: defaultOf(schema),
    meaning: before === undefined || before === written(path) ? meaning : `${meaning} Members: as \`${before}\`.`,
    source: [...new Set(meaning.match(/RFC \d+(, \d[\d.]*)?|draft-[a-z0-9-]+/g))].join("; "),
  };
}

/** `apis[].operations.<name>.rate` */
function written(path: Field["path"]): string {
  return path
    .map((part, index) => (part === 0 ? "[]" : `${index > 0 ? "." : ""}${part === ANY_NAME ? "<name>" : part}`))
    .join("");
}
