import type { z } from "zod";

/** Reading a schema and not a value: for those who explain a configuration, describe it, or try each of its fields. */

export type Schema = z.core.$ZodType;
/** A schema whose kind can be told by its definition. */
export type Bare = z.core.$ZodTypes;

/** What a schema reads, without what stands around it: defaults, transformations, whether it may be left out. */
export function bareOf(schema: Schema): Bare {
  // Every schema is one of zod's kinds; the base type alone cannot say which.
  const bare = schema as Bare;
  const { def } = bare._zod;
  if ("innerType" in def) return bareOf(def.innerType);
  if (def.type === "pipe") return bareOf(def.in);
  return def.type === "lazy" ? bareOf(def.getter()) : bare;
}

/** Every form that a value may have: one, or all of a union's and of the unions within it. */
export function formsOf(schema: Schema): Bare[] {
  const bare = bareOf(schema);
  const { def } = bare._zod;
  return def.type === "union" ? def.options.flatMap(formsOf) : [bare];
}

/** What is said of a schema, by itself or by what it stands around. */
export function descriptionOf(schema: Schema): string | undefined {
  const own = (schema as { description?: string }).description;
  if (own !== undefined) return own;
  const { def } = (schema as Bare)._zod;
  if ("innerType" in def) return descriptionOf(def.innerType);
  return def.type === "pipe" ? descriptionOf(def.in) : undefined;
}

/** The schema of one member or entry of a form; undefined where it has none. */
export function childOf(form: Bare, part: PropertyKey): Schema | undefined {
  const { def } = form._zod;
  if (def.type === "object") return Object.hasOwn(def.shape, part) ? def.shape[String(part)] : undefined;
  if (def.type === "array") return typeof part === "number" ? def.element : undefined;
  return def.type === "record" ? def.valueType : undefined;
}

/** Names of the members that may stand at a path, over all forms that lead there. */
export function membersAt(schema: Schema, path: readonly PropertyKey[]): string[] {
  const forms = path.reduce<Bare[]>(
    (found, part) =>
      found.flatMap((form) => {
        const child = childOf(form, part);
        return child ? formsOf(child) : [];
      }),
    formsOf(schema),
  );
  return [...new Set(forms.flatMap(({ _zod: { def } }) => (def.type === "object" ? Object.keys(def.shape) : [])))];
}

/** Stands in a path for the name of an entry that people choose. */
export const ANY_NAME = "*";

/** One field that may be written: where it may stand, and what reads it. The first entry of a list stands for all. */
export interface Field {
  path: readonly (string | number)[];
  schema: Schema;
}

/** Every field below a schema, over all forms of its unions, in the order of their declaration. */
export function fieldsOf(schema: Schema, above: Field["path"] = []): Field[] {
  return formsOf(schema).flatMap((form) =>
    partsOf(form).flatMap(([part, child]) => {
      const path = [...above, part];
      return [{ path, schema: child }, ...fieldsOf(child, path)];
    }),
  );
}

function partsOf({ _zod: { def } }: Bare): [string | number, Schema][] {
  if (def.type === "object") return Object.entries(def.shape);
  if (def.type === "array") return [[0, def.element]];
  return def.type === "record" ? [[ANY_NAME, def.valueType]] : [];
}
