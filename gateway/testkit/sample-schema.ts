import { z } from "zod";
import { ANY_NAME, formsOf, type Bare, type Field, type Schema } from "#contracts/walk-schema.ts";

/** Texts of which at least one suits each text that a configuration holds. */
const TEXTS = [
  ...[
    "sample",
    "/sample",
    "http://127.0.0.1:9001",
    "30s",
    "10/s",
    "50%",
    "200-399",
    "env://SAMPLE",
    "127.0.0.1",
    "GET",
    "429",
  ],
  ...["a.example.com", "tcp://127.0.0.1:9001", "_http._tcp.example.com", "$.data[*]", "2030-01-01T00:00:00Z"],
  ...["-----BEGIN CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----", `sha256:${"0".repeat(64)}`, "0".repeat(64)],
];
/** A JWK is read as a record, and must have this. */
const PUBLIC_KEY = { kty: "RSA" };
const NUMBERS = [1, 100, 200, 429, 500, 1_024, 8_443, 0.5];

/**
 * A value that the schema takes and that has something at `path`; undefined where none was found. What need not be there
 * is left out, so that a mistake at the path is the only thing to be told.
 */
export function sampleOf(schema: Schema, path: Field["path"] = []): unknown {
  for (const form of formsOf(schema))
    for (const value of candidatesOf(form, path)) if (takes(schema, value)) return value;
  return undefined;
}

function* candidatesOf(form: Bare, path: Field["path"]): Generator<unknown> {
  const { def } = form._zod;
  if (path.length > 0 && !["object", "array", "record"].includes(def.type)) return;
  if (def.type === "object") yield* objectsOf(def.shape, path);
  else if (def.type === "array") yield* listsOf(def.element, path);
  else if (def.type === "record") yield* recordsOf(def, path);
  else if (def.type === "enum") yield* Object.values(def.entries);
  else if (def.type === "literal") yield* def.values;
  else if (def.type === "string") yield* TEXTS;
  else if (def.type === "number") yield* NUMBERS;
  else if (def.type === "boolean") yield* [true, false];
  else yield "sample";
}

function* listsOf(element: Schema, [part, ...rest]: Field["path"]): Generator<unknown[]> {
  if (part === undefined) yield [];
  if (typeof part !== "string") yield [sampleOf(element, rest)];
}

function* recordsOf(
  { keyType, valueType }: { keyType: Schema; valueType: Schema },
  [part, ...rest]: Field["path"],
): Generator<object> {
  if (typeof part === "number") return;
  if (part === undefined) yield* [{}, PUBLIC_KEY];
  const name = String(part === undefined || part === ANY_NAME ? sampleOf(keyType) : part);
  const value = sampleOf(valueType, rest);
  yield* [{ [name]: value }, { [name]: value, ...PUBLIC_KEY }];
}

/** Of those that need not be there first none, then each, then all: what a rule over several members asks for. */
function* objectsOf(shape: Readonly<Record<string, Schema>>, [part, ...rest]: Field["path"]): Generator<object> {
  if (part !== undefined && !Object.hasOwn(shape, part)) return;
  const names = Object.keys(shape);
  const own = part === undefined ? {} : { [part]: sampleOf(shape[part]!, rest) };
  const needed = names.filter((name) => !z.safeParse(shape[name]!, undefined).success && name !== part);
  const base = { ...Object.fromEntries(needed.map((name) => [name, sampleOf(shape[name]!)])), ...own };
  yield base;
  const others = names.filter((name) => !(name in base)).map((name) => [name, sampleOf(shape[name]!)] as const);
  for (const [name, value] of others) yield { ...base, [name]: value };
  yield { ...Object.fromEntries(others), ...base };
}

/** A value that no form of the schema begins with; undefined where it takes anything. */
export function misfitOf(schema: Schema): unknown {
  const kinds = new Set(formsOf(schema).map(kindOf));
  if (kinds.has("any")) return undefined;
  const misfits = { list: [], yes: true, number: 7.5, text: "\u0000", object: {} };
  return Object.entries(misfits).find(([kind]) => !kinds.has(kind))?.[1];
}

function kindOf(form: Bare): string {
  const { def } = form._zod;
  if (def.type === "array") return "list";
  if (def.type === "object" || def.type === "record") return "object";
  if (def.type === "unknown" || def.type === "any") return "any";
  return typeof [...candidatesOf(form, [])][0] === "boolean" ? "yes" : def.type === "number" ? "number" : "text";
}

/** Whether members may be added at a path of a value only where the schema knows them. */
export function isObject(schema: Schema): boolean {
  return formsOf(schema).some(({ _zod: { def } }) => def.type === "object");
}

function takes(schema: Schema, value: unknown): boolean {
  return value !== undefined && z.safeParse(schema, value).success;
}
