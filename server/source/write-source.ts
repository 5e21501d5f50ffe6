import { z } from "zod";
import { stringify } from "yaml";
import { canonicalJson } from "#base/canonical.ts";
import { childOf, formsOf, type Bare, type Schema } from "#contracts/walk-schema.ts";
import { isObject, shortForms } from "./short-forms.ts";

/**
 * A value of a schema as YAML, as people write it in a file: what a default says is left out, and short forms stand for
 * full ones (`5s`, `100/s`, a URL for an upstream). Each shortening is tried: it stays only if it is read as what it was.
 */
export function writeSource(schema: Schema, value: Record<string, unknown>): string {
  const short = shortened(schema, value);
  return stringify(short, { lineWidth: 100, aliasDuplicateObjects: false });
}

function shortened(schema: Schema, value: unknown): unknown {
  // A form that is not the value's own leaves it as it is, and is never the shortest.
  const [parts = value] = formsOf(schema)
    .map((form) => partsShortened(form, value))
    .filter((parts) => isReadAs(schema, parts, value))
    .toSorted((a, b) => lengthOf(a) - lengthOf(b));
  return shortForms(parts).find((short) => isReadAs(schema, short, value)) ?? parts;
}

const lengthOf = (value: unknown) => canonicalJson(value).length;

/** Of a form that the value does not have, the value as it is. */
function partsShortened(form: Bare, value: unknown): unknown {
  const { type } = form._zod.def;
  if (type === "array" && Array.isArray(value)) return value.map((entry) => partShortened(form, 0, entry));
  if (!isObject(value) || (type !== "object" && type !== "record")) return value;
  // The database keeps no order of members; the schema's is the one that people know from the reference.
  const names = new Set([...(type === "object" ? Object.keys(form._zod.def.shape) : []), ...Object.keys(value)]);
  const members = [...names]
    .filter((name) => value[name] !== undefined && !isDefault(childOf(form, name), value[name]))
    .map((name) => [name, partShortened(form, name, value[name])]);
  return Object.fromEntries(members) as object;
}

function partShortened(form: Bare, part: PropertyKey, value: unknown): unknown {
  const schema = childOf(form, part);
  return schema ? shortened(schema, value) : value;
}

function isDefault(schema: Schema | undefined, value: unknown): boolean {
  return schema !== undefined && isReadAs(schema, undefined, value);
}

/** Whether a schema reads `written` as it reads `meant`. */
function isReadAs(schema: Schema, written: unknown, meant: unknown): boolean {
  const [one, other] = [z.safeParse(schema, written), z.safeParse(schema, meant)];
  return one.success && other.success && canonicalJson(one.data) === canonicalJson(other.data);
}
