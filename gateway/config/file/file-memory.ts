import { createHash } from "node:crypto";
import type { FileConfiguration } from "#contracts/config/file.ts";
import { canonicalJson } from "#base/canonical.ts";
import type { SourceDocument } from "./source-document.ts";

interface ResolvedEntry {
  /** The OpenAPI document that it was joined with. */
  document: unknown;
  api: object;
}

/**
 * What was read before, so that a change costs what it changed: one file of a hundred, one API of ten thousand. Everything
 * is kept by the text that it was made of. What the last reading did not use is forgotten with `turn`.
 */
export class FileMemory {
  readonly #sources = new Turning<string, { text: string; document: SourceDocument }>();
  readonly #documents = new Turning<string, { text: string; value: Record<string, unknown> }>();
  readonly #entries = new Turning<string, ResolvedEntry>();
  readonly #values = new WeakMap<SourceDocument, FileConfiguration>();
  readonly #digests = new WeakMap<object, string>();

  /** A file of the configuration; undefined, and not kept, where it could not be read. */
  source(file: string, text: string, read: () => SourceDocument | undefined): SourceDocument | undefined {
    const known = this.#sources.get(file);
    if (known?.text === text) return known.document;
    const document = read();
    if (document) this.#sources.set(file, { text, document });
    return document;
  }

  /** The parsed value of a source; undefined, and not kept, where it is wrong. */
  value(source: SourceDocument, parse: () => FileConfiguration | undefined): FileConfiguration | undefined {
    const known = this.#values.get(source);
    if (known) return known;
    const value = parse();
    if (value) this.#values.set(source, value);
    return value;
  }

  /** An OpenAPI document by the file that it lies in: the same object as long as it has the same text. */
  document(file: string, text: string, parse: () => Record<string, unknown>): Record<string, unknown> {
    const known = this.#documents.get(file);
    if (known?.text === text) return known.value;
    const value = parse();
    this.#documents.set(file, { text, value });
    return value;
  }

  /** A resolved API by the text of its entry: the same object while it is the same. One with problems is not kept. */
  api(
    entry: object,
    document: unknown,
    resolve: () => { api: object | undefined; isGood: boolean },
  ): object | undefined {
    const name = JSON.stringify(entry);
    const known = this.#entries.get(name);
    if (known && known.document === document) return known.api;
    const { api, isGood } = resolve();
    if (api && isGood) this.#entries.set(name, { document, api });
    return api;
  }

  digest(api: object): string {
    const known = this.#digests.get(api);
    if (known !== undefined) return known;
    const digest = createHash("sha256").update(canonicalJson(api)).digest("base64");
    this.#digests.set(api, digest);
    return digest;
  }

  /** After a reading: keeps what it used. One that failed keeps what was there besides, since the next is mostly its mending. */
  turn(wasGood: boolean): void {
    for (const kept of [this.#sources, this.#documents, this.#entries]) kept.turn(wasGood);
  }
}

/** A map that knows which of its entries were used since the last turn. */
class Turning<Key, Value> {
  #before = new Map<Key, Value>();
  #now = new Map<Key, Value>();

  get(key: Key): Value | undefined {
    const value = this.#now.get(key) ?? this.#before.get(key);
    if (value !== undefined) this.#now.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.#now.set(key, value);
  }

  turn(forget: boolean): void {
    if (!forget) return;
    this.#before = this.#now;
    this.#now = new Map();
  }
}
