/** Structured Field Values (RFC 9651), as far as signatures and digests use them: dictionaries of items and inner lists. */

export type BareItem =
  | { kind: "string" | "token"; value: string }
  | { kind: "integer" | "decimal"; value: number }
  | { kind: "boolean"; value: boolean }
  | { kind: "bytes"; value: Buffer };
export type Parameters = ReadonlyMap<string, BareItem>;
export interface Item {
  bare: BareItem;
  parameters: Parameters;
}
export interface InnerList {
  items: readonly Item[];
  parameters: Parameters;
}
export type Member = Item | InnerList;

/** Members of one dictionary or list; what is longer is nothing that a client sends. */
const MAX_MEMBERS = 256;

/** Undefined: not a dictionary. A name that stands twice has the value that stands last. */
export function parseDictionary(text: string): ReadonlyMap<string, Member> | undefined {
  const reader = new Reader(text);
  try {
    return reader.dictionary();
  } catch (error) {
    if (error instanceof NotStructured) return undefined;
    throw error;
  }
}

export function isInnerList(member: Member): member is InnerList {
  return "items" in member;
}

export function serializeMember(member: Member): string {
  if (!isInnerList(member)) return serializeItem(member);
  return `(${member.items.map(serializeItem).join(" ")})${serializeParameters(member.parameters)}`;
}

export function serializeDictionary(members: ReadonlyMap<string, Member>): string {
  const texts = [...members].map(([name, member]) => {
    // A member that is true is written by its name and parameters alone.
    if (!isInnerList(member) && member.bare.value === true) return `${name}${serializeParameters(member.parameters)}`;
    return `${name}=${serializeMember(member)}`;
  });
  return texts.join(", ");
}

export function serializeItem({ bare, parameters }: Item): string {
  return `${serializeBare(bare)}${serializeParameters(parameters)}`;
}

function serializeParameters(parameters: Parameters): string {
  let text = "";
  for (const [name, bare] of parameters) text += bare.value === true ? `;${name}` : `;${name}=${serializeBare(bare)}`;
  return text;
}

function serializeBare(bare: BareItem): string {
  switch (bare.kind) {
    case "string":
      return `"${bare.value.replace(/["\\]/g, String.raw`\$&`)}"`;
    case "bytes":
      return `:${bare.value.toString("base64")}:`;
    case "boolean":
      return bare.value ? "?1" : "?0";
    case "decimal":
      return Number.isInteger(bare.value) ? `${bare.value}.0` : String(bare.value);
    case "integer":
      return String(bare.value);
    case "token":
      return bare.value;
  }
}

class NotStructured extends Error {}

/** Reads from left to right and never goes back. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  dictionary(): ReadonlyMap<string, Member> {
    const members = new Map<string, Member>();
    this.#skip(" ");
    while (this.#at < this.#text.length) {
      const name = this.#take(/[a-z*][a-z0-9_.*-]*/y);
      const member = this.#accept("=") ? this.#member() : { bare: TRUE, parameters: this.#parameters() };
      // Set anew, so that the last one stands where it stood.
      members.delete(name);
      members.set(name, member);
      if (members.size > MAX_MEMBERS) throw new NotStructured();
      this.#skip(" \t");
      if (this.#at === this.#text.length) return members;
      this.#expect(",");
      this.#skip(" \t");
      // A comma that nothing follows.
      if (this.#at === this.#text.length) throw new NotStructured();
    }
    return members;
  }

  #member(): Member {
    return this.#text[this.#at] === "(" ? this.#innerList() : this.#item();
  }

  #innerList(): InnerList {
    this.#expect("(");
    const items: Item[] = [];
    for (;;) {
      this.#skip(" ");
      if (this.#accept(")")) return { items, parameters: this.#parameters() };
      items.push(this.#item());
      const next = this.#text[this.#at];
      if ((next !== " " && next !== ")") || items.length > MAX_MEMBERS) throw new NotStructured();
    }
  }

  #item(): Item {
    return { bare: this.#bare(), parameters: this.#parameters() };
  }

  #parameters(): Parameters {
    const parameters = new Map<string, BareItem>();
    while (this.#accept(";")) {
      this.#skip(" ");
      const name = this.#take(/[a-z*][a-z0-9_.*-]*/y);
      const value = this.#accept("=") ? this.#bare() : TRUE;
      parameters.delete(name);
      parameters.set(name, value);
      if (parameters.size > MAX_MEMBERS) throw new NotStructured();
    }
    return parameters;
  }

  #bare(): BareItem {
    const first = this.#text[this.#at] ?? "";
    if (first === '"') {
      const text = this.#take(/"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"/y);
      return { kind: "string", value: text.slice(1, -1).replace(/\\(.)/g, "$1") };
    }
    if (first === ":") {
      const text = this.#take(/:[A-Za-z0-9+/]*={0,2}:/y);
      return { kind: "bytes", value: Buffer.from(text.slice(1, -1), "base64") };
    }
    if (first === "?") return { kind: "boolean", value: this.#take(/\?[01]/y) === "?1" };
    if (/[-0-9]/.test(first)) {
      const text = this.#take(/-?(?:\d{1,12}\.\d{1,3}|\d{1,15})/y);
      return { kind: text.includes(".") ? "decimal" : "integer", value: Number(text) };
    }
    return { kind: "token", value: this.#take(/[A-Za-z*][!#$%&'*+.^_`|~:/0-9A-Za-z-]*/y) };
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (!match) throw new NotStructured();
    this.#at = pattern.lastIndex;
    return match[0];
  }

  #accept(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #expect(character: string): void {
    if (!this.#accept(character)) throw new NotStructured();
  }

  #skip(characters: string): void {
    while (this.#at < this.#text.length && characters.includes(this.#text[this.#at]!)) this.#at += 1;
  }
}

const TRUE: BareItem = Object.freeze({ kind: "boolean", value: true });
