import type { BodyTape } from "./body-tape.ts";
import { parsedJson, type Redactor } from "./redactor.ts";

/** A body as it is written down, or why it is not. */
export type WrittenBody = { type: string | null; bytes: number } & (
  { json: unknown } | { form: string; cut: boolean } | { text: string; cut: boolean } | { omitted: string }
);

export interface BodyFields {
  /** Content-Type */
  type: string | undefined;
  /** Content-Encoding */
  encoding: string | undefined;
}

/** Null: there was none. */
export function writtenBody(tape: BodyTape, fields: BodyFields, redactor: Redactor): WrittenBody | null {
  if (tape.begun && tape.bytes === 0) return null;
  const type = fields.type?.split(";", 1)[0]!.trim().toLowerCase().slice(0, 100) ?? null;
  return { type, bytes: tape.bytes, ...contentOf(tape, { ...fields, essence: type }, redactor) };
}

function contentOf(tape: BodyTape, fields: BodyFields & { essence: string | null }, redactor: Redactor) {
  if (!tape.begun) return { omitted: "it was not read" };
  if (!tape.isWanted) return { omitted: "it was not asked for" };
  const { encoding, essence, type } = fields;
  if (encoding !== undefined && encoding.trim().toLowerCase() !== "identity") return { omitted: "it is compressed" };
  const kind = kindOf(essence);
  if (kind === undefined) return { omitted: "its type is neither JSON, a form nor text" };
  if (!isAsciiBased(type)) return { omitted: "its character set is not read here" };
  const text = tape.text();
  if (kind === "form") return { form: redactor.form(text), cut: tape.isCut };
  return textOf(text, tape.isCut, redactor);
}

/** Many send JSON as text, and some send as JSON what is none: what it is decides. */
function textOf(text: string, cut: boolean, redactor: Redactor) {
  const value = cut ? undefined : parsedJson(text);
  if (value !== undefined) return { json: redactor.json(value) };
  if (!redactor.isNamedIn(text)) return { text, cut };
  return {
    omitted: cut ? "cut before it could be redacted" : "it names what is redacted and could not be taken apart",
  };
}

/** Markup that is XML has members by other rules, and is not taken for text. */
function kindOf(type: string | null): "form" | "text" | undefined {
  if (type === null) return undefined;
  if (type === "application/x-www-form-urlencoded") return "form";
  if (/^(application|text)\/json$|^[\w.-]+\/[\w.-]+\+json$/.test(type)) return "text";
  return type.startsWith("text/") && type !== "text/xml" ? "text" : undefined;
}

/** In others the letters of a name are other bytes. */
function isAsciiBased(type: string | undefined): boolean {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(type ?? "")?.[1]?.toLowerCase();
  return charset === undefined || /^(utf-?8|us-ascii|ascii|iso-8859-\d+|windows-125\d)$/.test(charset);
}
