import type { Clock } from "#base/clock.ts";
import { background, type Logger } from "#base/log.ts";
import { messageOf } from "#base/errors.ts";
import { Secret } from "#base/secret.ts";
import { readAwsSecret } from "./aws-secrets-manager.ts";
import { processSecrets, type Secrets } from "./process-secrets.ts";
import { fieldOf, parseRemote, type RemoteReference } from "./remote-reference.ts";
import { readVault } from "./vault.ts";

export interface SecretStoreOptions {
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  random: () => number;
  log: Logger;
  everyMs?: number;
}

/** A reference that could not be read, and why. */
export interface SecretFault {
  reference: string;
  message: string;
}

const EVERY_MS = 60_000;
/** More are a mistake: a store would be asked for each of them every minute. */
const MAX_REFERENCES = 1_000;

/**
 * The primary's secrets of Vault and AWS: read before a configuration that names them is served, so that reading stays a
 * look-up, and again each minute. While a store is away the last good values stay. They are in memory here and nowhere else.
 */
export class SecretStore implements Secrets {
  readonly #options: SecretStoreOptions;
  readonly #values = new Map<string, Secret>();
  readonly #wanted = new Map<string, ReadonlySet<string>>();
  readonly #stopping = new AbortController();
  readonly #failing = new Set<string>();
  /** Hears that a value is another than before. */
  onChange: () => void = () => {};

  constructor(options: SecretStoreOptions) {
    this.#options = options;
  }

  read(reference: string): string | undefined {
    return parseRemote(reference) ? this.#values.get(reference)?.reveal() : processSecrets.read(reference);
  }

  /** For the workers, over the process channel alone. */
  values(): [reference: string, value: string][] {
    return [...this.#values].map(([reference, value]) => [reference, value.reveal()]);
  }

  /** References that could not be read at their last turn, for figures. */
  get failing(): number {
    return this.#failing.size;
  }

  /** Reads those that are not known yet. Faults: these could not be read, and what was wanted before stays wanted. */
  async want(owner: string, references: ReadonlySet<string>): Promise<SecretFault[]> {
    if (references.size > MAX_REFERENCES) {
      const message = `at most ${MAX_REFERENCES} references to stores are allowed`;
      return [{ reference: [...references].at(-1)!, message }];
    }
    const faults = await this.#readAll([...references].filter((reference) => !this.#values.has(reference)));
    if (faults.length === 0) this.#wanted.set(owner, references);
    this.#forgetUnwanted();
    return faults;
  }

  start(): void {
    background(this.#refreshForever(), this.#options.log, "refreshing secrets");
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Reads all again, and tells where something changed. */
  async refresh(): Promise<void> {
    const before = new Map(this.values());
    const faults = await this.#readAll([...before.keys()]);
    this.#tell(faults);
    if (this.values().some(([reference, value]) => before.get(reference) !== value)) this.onChange();
  }

  async #refreshForever(): Promise<void> {
    const { clock, random, everyMs = EVERY_MS } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // Nodes that were started together must not ask together for ever.
      await clock.sleep(everyMs * (0.8 + 0.4 * random()), signal).catch(() => {});
      if (!signal.aborted) await this.refresh();
    }
  }

  async #readAll(references: readonly string[]): Promise<SecretFault[]> {
    const places = new Map<string, { remote: RemoteReference; references: string[] }>();
    for (const reference of references) {
      const remote = parseRemote(reference);
      if (remote === undefined) continue;
      const name = `${remote.store} ${remote.place}`;
      const place = places.get(name) ?? { remote, references: [] };
      place.references.push(reference);
      places.set(name, place);
    }
    const faults = await Promise.all([...places.values()].map((place) => this.#readPlace(place)));
    return faults.flat();
  }

  async #readPlace({ remote, references }: { remote: RemoteReference; references: string[] }): Promise<SecretFault[]> {
    let content: unknown;
    try {
      content = await this.#contentOf(remote);
    } catch (error) {
      return references.map((reference) => ({ reference, message: messageOf(error) }));
    }
    return references.flatMap((reference) => {
      try {
        this.#values.set(reference, new Secret(valueOf(content, parseRemote(reference)!)));
        return [];
      } catch (error) {
        return [{ reference, message: messageOf(error) }];
      }
    });
  }

  #contentOf({ store, place }: RemoteReference): Promise<unknown> {
    const { env, clock } = this.#options;
    return store === "vault" ? readVault(place, env) : readAwsSecret(place, env, new Date(clock.now()));
  }

  /** Once a failure and once its end: a store that is away for a day is not a line a minute and reference. */
  #tell(faults: readonly SecretFault[]): void {
    const { log } = this.#options;
    const failing = new Set(faults.map(({ reference }) => reference));
    for (const { reference, message } of faults)
      if (!this.#failing.has(reference))
        log.warn({ reference, message }, "a secret cannot be read; its last value is used");
    for (const reference of this.#failing)
      if (!failing.has(reference)) log.info({ reference }, "a secret can be read again");
    this.#failing.clear();
    for (const reference of failing) this.#failing.add(reference);
  }

  #forgetUnwanted(): void {
    const wanted = new Set([...this.#wanted.values()].flatMap((references) => [...references]));
    for (const reference of this.#values.keys()) if (!wanted.has(reference)) this.#values.delete(reference);
  }
}

function valueOf(content: unknown, { store, field }: RemoteReference): string {
  if (store === "vault") {
    if (field === undefined) throw new Error("expected a field: vault://<mount>/<path>#<field>");
    return fieldOf(content, field);
  }
  // What AWS holds is text; a field is asked of text that is JSON.
  if (field === undefined) return String(content);
  return fieldOf(parseJson(String(content)), field);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the secret.
    throw new Error("it is not JSON, so it has no fields");
  }
}
