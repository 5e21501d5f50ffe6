import type { Logger } from "#base/log.ts";
import { background } from "#base/log.ts";
import { messageOf } from "#base/errors.ts";
import type { KeyRecord } from "#contracts/key/record.ts";
import type { KeyOutcome } from "#gateway/session/index.ts";
import type { ConfiguredNode, Source } from "../source.ts";
import { RefusedConfiguration } from "../refused-configuration.ts";
import type { ConfigurationPlace } from "./configuration-place.ts";
import { ConfigurationError, lineOf } from "./configuration-error.ts";
import { FileManagement } from "./file-management.ts";
import { FileMemory } from "./file-memory.ts";
import type { FetchedSecrets } from "./fetch-secrets.ts";
import { readFileConfiguration, type FileConfigurationResult } from "./read-file-configuration.ts";
import { watchFileConfiguration } from "./watch.ts";

export interface FileSourceOptions {
  path: string;
  /** Where keys are kept that are issued over the admin address. */
  issuedKeys: string;
  tags: readonly string[];
  secrets: FetchedSecrets;
  log: Logger;
}

/** A gateway of files: read whole or not at all, watched, and its keys all known from the start. */
export class FileSource implements Source {
  readonly #options: FileSourceOptions;
  readonly #stopping = new AbortController();
  readonly #memory = new FileMemory();
  #keys: ReadonlyMap<string, KeyRecord> = new Map();
  #files: readonly string[] = [];
  #revision = 0;
  #first: FileConfigurationResult | undefined;
  #node: ConfiguredNode | undefined;
  #problems: readonly string[] = [];
  /** The last of the readings and changes, which come one after the other: two at once could serve the older one. */
  #last: Promise<unknown>;
  readonly #begun = Promise.withResolvers<void>();
  readonly management: FileManagement;

  constructor(options: FileSourceOptions) {
    this.#options = options;
    this.#last = this.#begun.promise;
    const { path, issuedKeys } = options;
    this.management = new FileManagement({
      path,
      issuedKeys,
      keys: () => this.#keys.values(),
      serve: async (instead) => this.#use(await this.#read(instead)),
      inTurn: (work) => this.#inTurn(work),
    });
  }

  /** Reads before anything starts, so that a bad file ends the process with its problems and nothing half-made. */
  async open(): Promise<{ redisPrefix: string }> {
    this.#first = await this.#read();
    return { redisPrefix: "{causeway}:" };
  }

  async start(node: ConfiguredNode): Promise<void> {
    this.#node = node;
    await this.#use(this.#first!);
    this.#begun.resolve();
    const { path, log } = this.#options;
    const watching = watchFileConfiguration(
      path,
      () => this.#files,
      () => this.#reloadChanged(),
      this.#stopping.signal,
    );
    background(watching, log, "watching the configuration");
  }

  async resolveKey(hash: string): Promise<KeyOutcome> {
    const key = this.#keys.get(hash);
    return key ? { at: "found", key } : { at: "unknown" };
  }

  /** Nothing is kept of them here: the metrics have counted them. */
  record(): void {}

  reload(): Promise<unknown> {
    return this.#inTurn(async () => {
      await this.#use(await this.#read());
      return this.status();
    });
  }

  /** Keys are known by the hash of their secret, so another secret is another configuration. */
  secretsChanged(): Promise<void> {
    return this.#reloadChanged();
  }

  status(): Record<string, unknown> {
    return { source: "file", path: this.#options.path, files: this.#files, problems: this.#problems };
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
  }

  #read(instead?: ConfigurationPlace["instead"]): Promise<FileConfigurationResult> {
    const { path, issuedKeys, tags, secrets } = this.#options;
    return readFileConfiguration({ path, issuedKeys, ...(instead && { instead }) }, tags, secrets, this.#memory);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #reloadChanged(): Promise<void> {
    const { log, path } = this.#options;
    try {
      await this.reload();
      log.info({ path, revision: this.#revision }, "the changed configuration is served");
    } catch (error) {
      this.#problems = messageOf(error).split("\n");
      this.#node!.refused();
      for (const line of this.#problems) log.error(`${line}; the configuration before goes on serving`);
    }
  }

  /** What is found only now is told by its place in the files, as everything before it was. */
  async #apply(result: FileConfigurationResult): Promise<void> {
    try {
      await this.#node!.apply({ ...result.configuration, revision: (this.#revision += 1) });
    } catch (error) {
      if (!(error instanceof RefusedConfiguration)) throw error;
      throw new ConfigurationError(
        error.faults.map(({ api, path, message }) => lineOf(result.problemAt(api, path, message))),
      );
    }
  }

  async #use(result: FileConfigurationResult): Promise<void> {
    const { configuration, files } = result;
    const node = this.#node!;
    this.#files = files;
    if (node.current()?.hash !== configuration.hash) await this.#apply(result);
    else node.stands();
    this.#problems = [];
    const before = this.#keys;
    this.#keys = new Map((configuration.keys ?? []).map((key) => [key.hash, key]));
    const gone = [...before.keys()].filter((hash) => !this.#keys.has(hash)).map((hash) => ({ hash, key: null }));
    const changed = [...this.#keys]
      .filter(([hash, key]) => JSON.stringify(before.get(hash)) !== JSON.stringify(key))
      .map(([hash, key]) => ({ hash, key }));
    if (gone.length + changed.length > 0) node.pushKeys([...gone, ...changed]);
  }
}
