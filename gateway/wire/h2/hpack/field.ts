import { CHARACTERS, FIELD_VALUE, TOKEN } from "../../h1/characters.ts";

/** A field as a table of HPACK holds it, judged once however often it is meant. */
export interface Field {
  readonly name: string;
  readonly value: string;
  /** Bytes that it counts for, in tables and lists (RFC 7541, 4.1). */
  readonly size: number;
  /** Why a message that holds it is malformed; undefined: it is sound. */
  readonly problem: string | undefined;
}

const OVERHEAD_BYTES = 32;
/** Of HTTP/1.1's connections (RFC 9113, 8.2.2). */
const CONNECTION_FIELDS = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

export function fieldOf(name: string, value: string): Field {
  return { name, value, size: sizeOf(name, value), problem: problemOf(name, value) };
}

/** What a field counts for. */
export function sizeOf(name: string, value: string): number {
  return name.length + value.length + OVERHEAD_BYTES;
}

function problemOf(name: string, value: string): string | undefined {
  if (!isName(name)) return "A field's name is not a token in lower case.";
  if (!isValue(value)) return "A field's value holds a control character, or space around it.";
  if (CONNECTION_FIELDS.has(name)) return "A field is one of HTTP/1.1's connections.";
  return name === "te" && value.toLowerCase() !== "trailers" ? "TE says more than trailers." : undefined;
}

/** A colon may lead (RFC 9113, 8.3); which names may follow it the message's reader knows. */
function isName(name: string): boolean {
  const start = name.charCodeAt(0) === 0x3a ? 1 : 0;
  for (let index = start; index < name.length; index += 1) {
    const code = name.charCodeAt(index);
    if ((CHARACTERS[code]! & TOKEN) === 0 || (code >= 0x41 && code <= 0x5a)) return false;
  }
  return name.length > start;
}

function isValue(value: string): boolean {
  const last = value.length - 1;
  if (last < 0) return true;
  if (isBlank(value.charCodeAt(0)) || isBlank(value.charCodeAt(last))) return false;
  for (let index = 0; index <= last; index += 1)
    if ((CHARACTERS[value.charCodeAt(index)]! & FIELD_VALUE) === 0) return false;
  return true;
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;
