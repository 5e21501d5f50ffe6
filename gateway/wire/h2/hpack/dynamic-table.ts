import type { Field } from "./field.ts";

/** The fields that were said last, within a bound of bytes: the oldest leave (RFC 7541, 2.3.2 and 4). */
export class DynamicTable {
  /** The oldest first; those before `#from` have left. */
  #fields: Field[] = [];
  #from = 0;
  #size = 0;
  #maxBytes: number;
  /** Fields that ever stood in it. */
  added = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get maxBytes(): number {
    return this.#maxBytes;
  }

  get length(): number {
    return this.#fields.length - this.#from;
  }

  /** 1 is the newest. */
  at(index: number): Field | undefined {
    return index > this.length ? undefined : this.#fields[this.#fields.length - index];
  }

  /** One that is larger than the table empties it (RFC 7541, 4.4). */
  add(field: Field): void {
    this.#size += field.size;
    this.#fields.push(field);
    this.added += 1;
    this.#evict();
  }

  resize(maxBytes: number): void {
    this.#maxBytes = maxBytes;
    this.#evict();
  }

  #evict(): void {
    while (this.#size > this.#maxBytes) this.#size -= this.#fields[this.#from++]!.size;
    // Moved together seldom, so that leaving costs nothing each time.
    if (this.#from > 64 && this.#from * 2 > this.#fields.length) {
      this.#fields = this.#fields.slice(this.#from);
      this.#from = 0;
    }
  }
}
