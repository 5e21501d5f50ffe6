import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "#base/errors.ts";
import type { KeyRecord } from "#contracts/key/record.ts";
import { ChangeRefused, type ListedKey, type Management, type WrittenConfiguration } from "../management.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { variableOf } from "./configuration-place.ts";
import { changedKey, drawKey, readIssuedKeys, textOfKeys, type IssuedKey } from "./issued-keys.ts";

export interface FileManagementDeps {
  path: string;
  issuedKeys: string;
  /** All keys that are served. */
  keys(): Iterable<KeyRecord>;
  /** Serves what would be read if the file had this text; throws, with what was before served on, where that cannot be. */
  serve(instead: { file: string; text: string } | undefined): Promise<void>;
  /** One change, or one reading, after the other. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Changes of a gateway's files over its admin address. A file is what remains: nothing is served that is not in one. */
export class FileManagement implements Management {
  readonly #deps: FileManagementDeps;

  constructor(deps: FileManagementDeps) {
    this.#deps = deps;
  }

  written(): WrittenConfiguration {
    const { path } = this.#deps;
    return nowAt(expectFile(path));
  }

  rewrite(text: string, ifTag?: string): Promise<WrittenConfiguration> {
    const { path } = this.#deps;
    return this.#deps.inTurn(async () => {
      const { tag } = nowAt(expectFile(path));
      if (ifTag !== undefined && ifTag !== tag)
        throw new ChangeRefused("changed_meanwhile", "the file is another by now; read it again");
      await this.#replace(path, text, lstatSync(path).mode & 0o777);
      return { text, tag: tagOf(text) };
    });
  }

  keys(): ListedKey[] {
    const issued = new Set(readIssuedKeys(this.#deps.issuedKeys).map(({ id }) => id));
    return [...this.#deps.keys()].map((key) => listed(key, issued.has(key.id)));
  }

  issueKey(request: unknown) {
    return this.#changeKeys((keys) => {
      const { key, secret } = drawKey(request, keys.length);
      if (this.#find(key.id)) throw new ChangeRefused("conflict", `id: ${key.id} is taken already`);
      return { keys: [...keys, key], done: () => ({ key: this.#listedNow(key.id), secret }) };
    });
  }

  changeKey(id: string, request: unknown): Promise<ListedKey> {
    return this.#changeKeys((keys) => {
      const key = changedKey(this.#expectIssued(keys, id), request);
      return { keys: keys.map((one) => (one.id === id ? key : one)), done: () => this.#listedNow(id) };
    });
  }

  withdrawKey(id: string): Promise<void> {
    return this.#changeKeys((keys) => {
      this.#expectIssued(keys, id);
      return { keys: keys.filter((one) => one.id !== id), done: () => undefined };
    });
  }

  #changeKeys<Result>(change: (keys: IssuedKey[]) => { keys: IssuedKey[]; done: () => Result }): Promise<Result> {
    const { issuedKeys } = this.#deps;
    return this.#deps.inTurn(async () => {
      const { keys, done } = change(readIssuedKeys(issuedKeys));
      mkdirSync(dirname(issuedKeys), { recursive: true });
      await this.#replace(issuedKeys, textOfKeys(keys), 0o600);
      return done();
    });
  }

  /** Staged beside the file first: a disk that takes no more has to be known before anything is served. */
  async #replace(file: string, text: string, mode: number): Promise<void> {
    const staged = `${file}.new`;
    try {
      writeFileSync(staged, text, { mode });
    } catch (error) {
      throw new ChangeRefused("read_only", `the file cannot be written: ${messageOf(error)}`);
    }
    try {
      await this.#serve({ file, text });
      renameSync(staged, file);
    } catch (error) {
      rmSync(staged, { force: true });
      // Served and not kept would be another gateway after the next start.
      if (!(error instanceof ChangeRefused)) await this.#serve(undefined);
      throw error;
    }
  }

  async #serve(instead: { file: string; text: string } | undefined): Promise<void> {
    try {
      await this.#deps.serve(instead);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      throw new ChangeRefused("invalid", error.message);
    }
  }

  #expectIssued(keys: readonly IssuedKey[], id: string): IssuedKey {
    const key = keys.find((one) => one.id === id);
    if (key) return key;
    if (this.#find(id))
      throw new ChangeRefused("conflict", `${id} stands in a file of the configuration: change it there`);
    throw new ChangeRefused("not_found", `no key is called ${id}`);
  }

  #find(id: string): KeyRecord | undefined {
    return [...this.#deps.keys()].find((key) => key.id === id);
  }

  #listedNow(id: string): ListedKey {
    return listed(this.#find(id)!, true);
  }
}

function listed({ expiresAtMs, ...key }: KeyRecord, isIssued: boolean): ListedKey {
  const expires = expiresAtMs === null ? null : new Date(expiresAtMs).toISOString();
  // Members that are undefined are not told.
  return { ...key, hash: undefined, version: undefined, expires, isIssued };
}

function expectFile(path: string): string {
  const refuse = (what: string) => {
    throw new ChangeRefused("read_only", `the configuration is ${what}, which is changed where it is kept`);
  };
  if (variableOf(path) !== undefined) return refuse("a variable of the environment");
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return refuse("a symbolic link");
  return found.isDirectory() ? refuse("a folder of files") : path;
}

function nowAt(file: string): WrittenConfiguration {
  const text = readFileSync(file, "utf8");
  return { text, tag: tagOf(text) };
}

function tagOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
