import { SessionError } from "../frames.ts";
import { DynamicTable } from "./dynamic-table.ts";
import { fieldOf, type Field } from "./field.ts";
import { huffmanText } from "./huffman.ts";
import { STATIC_FIELDS } from "./static-fields.ts";

/** SETTINGS_HEADER_TABLE_SIZE where nobody says another. */
const TABLE_BYTES = 4_096;
/** Nothing in a block of the size that is taken can be larger, and numbers stay exact. */
const MAX_INTEGER = 2 ** 24;

/** Reads the header blocks of one direction of a session. Its table is their common past, so every block is read, wanted or not. */
export class BlockReader {
  readonly #table = new DynamicTable(TABLE_BYTES);
  #data: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;

  /** Hands each field of `data` from `start` to `end` to `take`. Throws a SessionError: what follows could not be read. */
  read(data: Buffer, start: number, end: number, take: (field: Field) => void): void {
    this.#data = data;
    this.#at = start;
    this.#end = end;
    let mayResize = true;
    while (this.#at < end) {
      const byte = data[this.#at]!;
      if ((byte & 0xe0) === 0x20) {
        if (!mayResize) throw broken("A table is resized within a block.");
        this.#resize(this.#integer(0x1f));
        continue;
      }
      mayResize = false;
      if ((byte & 0x80) !== 0) take(this.#indexed(this.#integer(0x7f)));
      else if ((byte & 0x40) === 0) take(this.#literal(0x0f));
      else {
        const field = this.#literal(0x3f);
        this.#table.add(field);
        take(field);
      }
    }
  }

  #resize(bytes: number): void {
    if (bytes > TABLE_BYTES) throw broken("A table is made larger than it may be.");
    this.#table.resize(bytes);
  }

  #indexed(index: number): Field {
    const { length } = STATIC_FIELDS;
    const field = index > length ? this.#table.at(index - length) : STATIC_FIELDS[index - 1];
    if (field === undefined) throw broken("A field is meant that no table has.");
    return field;
  }

  #literal(prefix: number): Field {
    const index = this.#integer(prefix);
    const name = index === 0 ? this.#text() : this.#indexed(index).name;
    return fieldOf(name, this.#text());
  }

  /** The number whose first bits are those of `prefix` in the byte that comes next (RFC 7541, 5.1). */
  #integer(prefix: number): number {
    if (this.#at >= this.#end) throw broken("A header block ends within a field.");
    let value = this.#data[this.#at++]! & prefix;
    if (value < prefix) return value;
    for (let factor = 1; ; factor *= 128) {
      if (this.#at >= this.#end) throw broken("A header block ends within a number.");
      const byte = this.#data[this.#at++]!;
      value += (byte & 0x7f) * factor;
      if (value > MAX_INTEGER || factor > MAX_INTEGER) throw broken("A number in a header block is too large.");
      if (byte < 0x80) return value;
    }
  }

  #text(): string {
    const isCoded = this.#at < this.#end && this.#data[this.#at]! >= 0x80;
    const length = this.#integer(0x7f);
    const [start, end] = [this.#at, this.#at + length];
    if (end > this.#end) throw broken("A header block ends within a text.");
    this.#at = end;
    if (!isCoded) return this.#data.toString("latin1", start, end);
    const text = huffmanText(this.#data, start, end);
    if (text === undefined) throw broken("A text's code is none.");
    return text;
  }
}

function broken(message: string): SessionError {
  return new SessionError("compression", message);
}
