/** Tags of ASN.1 (X.690) that are read here. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  /** `[0]`, with other elements inside. */
  context0: 0xa0,
} as const;

export interface Element {
  tag: number;
  content: Buffer;
  /** The element as a whole: what signatures are over. */
  whole: Buffer;
}

export class NotDer extends Error {}

/** Reads elements of DER one after another. Throws `NotDer` where bytes are none; lengths are definite and four bytes at most. */
export class DerReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next element, which must be of that tag where one is given. */
  next(tag?: number): Element {
    const from = this.#at;
    const found = this.#byte();
    const length = this.#length();
    const end = this.#at + length;
    if (end > this.#bytes.length || (tag !== undefined && found !== tag)) throw new NotDer();
    const content = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return { tag: found, content, whole: this.#bytes.subarray(from, end) };
  }

  /** The next element where it is of one of those tags; undefined, and not read, where it is another or there is none. */
  optional(...wanted: readonly number[]): Element | undefined {
    return !this.isAtEnd && wanted.includes(this.#bytes[this.#at]!) ? this.next() : undefined;
  }

  /** The elements inside the next one. */
  inside(tag: number): DerReader {
    return new DerReader(this.next(tag).content);
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    const bytes = first & 0x7f;
    if (bytes === 0 || bytes > 4) throw new NotDer();
    let length = 0;
    for (let index = 0; index < bytes; index += 1) length = length * 256 + this.#byte();
    return length;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new NotDer();
    this.#at += 1;
    return byte;
  }
}
