import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { z } from "zod";
import type { Logger } from "#base/log.ts";
import { seal, unseal } from "#base/seal.ts";

/** One JSON value on disk, sealed with the node's key, written beside and renamed. */
export class SealedFile<T> {
  readonly #path: string;
  readonly #key: Uint8Array;
  readonly #schema: z.ZodType<T>;

  constructor(path: string, key: Uint8Array, schema: z.ZodType<T>) {
    this.#path = path;
    this.#key = key;
    this.#schema = schema;
  }

  /** Undefined when it is absent, damaged or sealed by another key; the last two are said. */
  read(log: Logger): T | undefined {
    if (!existsSync(this.#path)) return undefined;
    try {
      const text = unseal(this.#key, readFileSync(this.#path, "utf8"), this.#context).toString("utf8");
      return this.#schema.parse(JSON.parse(text));
    } catch (error) {
      log.warn({ err: error, file: this.#path }, "a file of the data folder cannot be opened; going on without it");
      return undefined;
    }
  }

  /** Never throws: a full disk must not stop what the value is for. False: it was not kept, which is said. */
  write(value: T, log: Logger): boolean {
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      writeFileSync(`${this.#path}.new`, seal(this.#key, JSON.stringify(value), this.#context), { mode: 0o600 });
      renameSync(`${this.#path}.new`, this.#path);
      return true;
    } catch (error) {
      log.error({ err: error, file: this.#path }, "the data folder cannot be written; a restart would miss this");
      return false;
    }
  }

  get #context(): string {
    return `causeway-${basename(this.#path)}`;
  }
}
