import { dateText } from "../../date-text.ts";
import { writableText } from "../../written-fields.ts";
import { CONNECTION_FIELDS } from "../fields-of.ts";
import { DynamicTable } from "./dynamic-table.ts";
import { sizeOf } from "./field.ts";
import { STATIC_FIELDS, STATIC_NAMES } from "./static-fields.ts";

/** Of the table that the other side keeps for this one, whatever it allows. */
const TABLE_BYTES = 4_096;
/** Names that a session looks after; fields of others are spelled out each time. */
const MAX_NAMES = 64;

/** No table is to hold them, here or at the next hop (RFC 7541, 7.1). */
const SENSITIVE = new Set(["set-cookie", "authorization", "proxy-authorization", "cookie"]);
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const VALUE = /^[\t -~\x80-\xff]*$/;

/** How fields of one name are written, worked out once for all sessions. */
interface Spelling {
  name: string;
  isSensitive: boolean;
  /** Its beginning where it is to be added to the table, and where it is not. */
  added: string;
  plain: string;
}

/** By names as they come, in any case. Bounded: past it they are worked out each time. */
const spellings = new Map<string, Spelling | null>();
const MAX_SPELLINGS = 2_000;

/** Of one name, in one session: the value said last, and the one that the table has. */
interface Said {
  last: string;
  tabled: string | undefined;
  tabledAs: number;
}

/**
 * Writes the header blocks of one direction of a session, as Latin-1 text. A field goes into the table when it is said the
 * second time in a row: what changes with each answer would only push out what does not. No text is Huffman coded.
 */
export class BlockWriter {
  readonly #table = new DynamicTable(TABLE_BYTES);
  readonly #said = new Map<string, Said>();
  /** The smallest size since the last block that the other side asked for. */
  #resized: number | undefined = undefined;

  /** The other side's SETTINGS_HEADER_TABLE_SIZE. */
  limitTable(bytes: number): void {
    const size = Math.min(bytes, TABLE_BYTES);
    if (size === this.#table.maxBytes) return;
    this.#resized = Math.min(this.#resized ?? size, size);
    this.#table.resize(size);
  }

  /** `fields` in any case, made writable; those of an HTTP/1.1 connection are left out, and a date is added. */
  answer(status: number, fields: readonly string[]): string {
    // A length promises a body, and these have none (RFC 9110, 8.6).
    const isEmpty = status === 204 || status < 200;
    let block = this.#begin() + statusText(status);
    let hasDate = status < 200;
    for (let index = 0; index < fields.length; index += 2) {
      const spelling = spellingOf(fields[index]!);
      if (spelling === null || (isEmpty && spelling.name === "content-length")) continue;
      if (spelling.name === "date") hasDate = true;
      block += this.#field(spelling, fields[index + 1]!);
    }
    // RFC 9110, 6.6.1.
    return hasDate ? block : block + this.#field(spellingOf("date")!, dateText());
  }

  trailers(fields: readonly string[]): string {
    let block = this.#begin();
    for (let index = 0; index < fields.length; index += 2) {
      const spelling = spellingOf(fields[index]!);
      if (spelling !== null) block += this.#field(spelling, fields[index + 1]!);
    }
    return block;
  }

  /** First comes what was agreed on the table's size (RFC 7541, 4.2). */
  #begin(): string {
    const smallest = this.#resized;
    if (smallest === undefined) return "";
    this.#resized = undefined;
    const { maxBytes } = this.#table;
    return integer(0x20, 0x1f, smallest) + (smallest === maxBytes ? "" : integer(0x20, 0x1f, maxBytes));
  }

  #field(spelling: Spelling, unchecked: string): string {
    const said = this.#said.get(spelling.name);
    if (said !== undefined && said.tabled === unchecked) {
      const index = this.#table.added - said.tabledAs + 1;
      if (index <= this.#table.length) return integer(0x80, 0x7f, STATIC_FIELDS.length + index);
      said.tabled = undefined;
    }
    const value = VALUE.test(unchecked) ? unchecked : writableText(unchecked);
    if (spelling.isSensitive) return spelling.plain + text(value);
    if (said === undefined) {
      if (this.#said.size < MAX_NAMES) this.#said.set(spelling.name, { last: value, tabled: undefined, tabledAs: 0 });
      return spelling.plain + text(value);
    }
    const isSaidAgain = said.last === value;
    said.last = value;
    return isSaidAgain ? this.#tabled(spelling, said, value) : spelling.plain + text(value);
  }

  #tabled(spelling: Spelling, said: Said, value: string): string {
    const { name } = spelling;
    const size = sizeOf(name, value);
    // It would empty the table.
    if (size > this.#table.maxBytes) return spelling.plain + text(value);
    this.#table.add({ name, value, size, problem: undefined });
    said.tabled = value;
    said.tabledAs = this.#table.added;
    return spelling.added + text(value);
  }
}

/** Null: the field is not written. */
function spellingOf(written: string): Spelling | null {
  const known = spellings.get(written);
  if (known !== undefined) return known;
  const name = written.toLowerCase();
  const spelling = CONNECTION_FIELDS.has(name) || !NAME.test(name) ? null : spell(name);
  if (spellings.size < MAX_SPELLINGS) spellings.set(written, spelling);
  return spelling;
}

function spell(name: string): Spelling {
  const index = STATIC_NAMES.get(name) ?? 0;
  const spelled = index === 0 ? text(name) : "";
  const isSensitive = SENSITIVE.has(name);
  return {
    name,
    isSensitive,
    added: integer(0x40, 0x3f, index) + spelled,
    plain: integer(isSensitive ? 0x10 : 0x00, 0x0f, index) + spelled,
  };
}

/** By status, as they are asked for. */
const statusTexts: string[] = [];

function statusText(status: number): string {
  return (statusTexts[status] ??= spellStatus(String(status)));
}

function spellStatus(value: string): string {
  const at = STATIC_FIELDS.findIndex((field) => field.name === ":status" && field.value === value);
  return at === -1 ? integer(0x00, 0x0f, STATIC_NAMES.get(":status")!) + text(value) : integer(0x80, 0x7f, at + 1);
}

function text(value: string): string {
  return integer(0x00, 0x7f, value.length) + value;
}

/** RFC 7541, 5.1. */
function integer(first: number, prefix: number, value: number): string {
  if (value < prefix) return String.fromCharCode(first | value);
  let rest = value - prefix;
  let written = String.fromCharCode(first | prefix);
  for (; rest >= 128; rest = Math.floor(rest / 128)) written += String.fromCharCode((rest % 128) | 0x80);
  return written + String.fromCharCode(rest);
}
