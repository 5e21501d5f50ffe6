import { z } from "zod";
import { headerName, headerValue, httpUrl, secretReference, targetUrl } from "#contracts/api/primitives.ts";
import { share } from "#contracts/api/resilience.ts";
import { contextText } from "#contracts/context.ts";
import { entityId, tag } from "#contracts/ids.ts";
import { durationMs, rate } from "#contracts/quantities.ts";
import { bareOf, formsOf, type Bare, type Schema } from "#contracts/walk-schema.ts";

/** Kinds of values that have a name of their own: what is written, and how. */
export const kinds: readonly { name: string; schema: Schema; written: string }[] = [
  {
    name: "duration",
    schema: durationMs,
    written: "`250ms`, `30s`, `5m`, `1h`, `30d`; a number is milliseconds. Bounds of time and pauses: at most 24d",
  },
  { name: "rate", schema: rate, written: "`100/s`, `10/30s`, `1000000/30d`; or `{ limit, windowMs }`" },
  { name: "share", schema: share, written: "`20%`, or a number from 0 to 1" },
  {
    name: "reference",
    schema: secretReference,
    written:
      "`env://NAME`, `file:///run/secrets/name`, `vault://<mount>/<path>#<field>` or `aws-sm://<id>#<field>`: where a secret or a certificate is, never the thing itself",
  },
  { name: "URL", schema: httpUrl, written: "`http://…` or `https://…`" },
  { name: "target URL", schema: targetUrl, written: "`http://…`, `https://…` or `causeway://<api id>/path`" },
  { name: "id", schema: entityId, written: "letters, digits, dots, dashes and underscores, at most 64" },
  { name: "tag", schema: tag, written: "letters, digits and `. _ : -`, at most 40" },
  { name: "header name", schema: headerName, written: "RFC 9110, 5.1" },
  { name: "header value", schema: headerValue, written: "without control characters (RFC 9110, 5.5)" },
  {
    name: "text with variables",
    schema: contextText,
    written: "may hold `$key.id` and its kin; `$$` is a dollar sign",
  },
];

/** The kind's name, where a schema is one: described or optional, it is another schema of the same definition. */
export function kindOf(schema: Schema): string | undefined {
  return kinds.find((kind) => isOf(kind.schema, schema))?.name;
}

/** A bound that was added makes another definition, with the same forms. */
function isOf(kind: Schema, schema: Schema): boolean {
  const [a, b] = [bareOf(kind)._zod.def, bareOf(schema)._zod.def];
  return a === b || (a.type === "union" && b.type === "union" && a.options === b.options);
}

/** What may be written, in a few words. */
export function typeOf(schema: Schema): string {
  const kind = kindOf(schema);
  if (kind !== undefined) return kind;
  const bare = bareOf(schema);
  const { def } = bare._zod;
  if (def.type !== "union") return typeOfForm(bare);
  return [...new Set(def.options.map(typeOf))].join(", or ");
}

function typeOfForm(form: Bare): string {
  const { def } = form._zod;
  if (def.type === "object") return "members";
  if (def.type === "record") return `${plural(typeOf(def.valueType))} by ${kindOf(def.keyType) ?? "name"}`;
  if (def.type === "array") return `list of ${plural(typeOf(def.element))}`;
  if (def.type === "enum") return Object.values(def.entries).map(code).join(", ");
  if (def.type === "literal") return def.values.map(code).join(", ");
  if (def.type === "boolean") return "true or false";
  if (def.type === "number") return numberOf(form);
  return def.type === "string" ? "text" : "anything";
}

/** With its bounds, where a person chose them: those of the type itself say nothing. */
function numberOf(form: Bare): string {
  const { type, minimum, maximum } = z.toJSONSchema(form, { io: "input" });
  const name = type === "integer" ? "whole number" : "number";
  const [least, most] = [minimum, maximum].map((bound) =>
    typeof bound === "number" && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound.toLocaleString("en-US") : undefined,
  );
  if (least !== undefined && most !== undefined) return `${name} from ${least} to ${most}`;
  return least === undefined ? name : `${name} from ${least}`;
}

function plural(name: string): string {
  return /^(members|anything|true or false|list|`)/.test(name) || name.includes(", or ") ? `(${name})` : `${name}s`;
}

function code(value: unknown): string {
  return `\`${String(value)}\``;
}

/** Whether a schema has members or entries that are fields of their own. */
export function hasParts(schema: Schema): boolean {
  return kindOf(schema) === undefined && formsOf(schema).some(({ _zod: { def } }) => PARTED.has(def.type));
}

const PARTED: ReadonlySet<string> = new Set(["object", "record", "array"]);
