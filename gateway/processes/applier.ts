import { messageOf } from "#base/errors.ts";
import {
  RefusedConfiguration,
  faultOf,
  prepare,
  proveCertificates,
  proveCiphers,
  type Applied,
  type Configuration,
  type Prepared,
} from "#gateway/config/index.ts";
import type { TargetWatch } from "#gateway/upstream/index.ts";
import { proofDeps } from "./proof-deps.ts";
import { remoteReferencesIn, type SecretStore } from "#gateway/secrets/index.ts";
import { claimPort } from "./traffic-port.ts";
import type { WorkerPool } from "./worker-pool.ts";

type FetchedSecrets = Pick<SecretStore, "read" | "want">;

/** The one door for configurations: proved in the primary, swapped in every worker, and only then called applied. */
export class Applier {
  readonly #pool: Pick<WorkerPool, "apply">;
  readonly #watch: Pick<TargetWatch, "use">;
  readonly #secrets: FetchedSecrets;
  #prepared: Prepared | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #listening: ReadonlySet<string> = new Set();
  current: Applied | undefined;

  constructor(pool: Pick<WorkerPool, "apply">, watch: Pick<TargetWatch, "use">, secrets: FetchedSecrets) {
    this.#pool = pool;
    this.#watch = watch;
    this.#secrets = secrets;
  }

  /** The APIs that are served, for the admin address. */
  get apis() {
    return this.#prepared?.parsed.apis ?? [];
  }

  get certificates() {
    return this.#prepared?.parsed.certificates ?? [];
  }

  get settings() {
    return this.#prepared?.parsed.settings;
  }

  /** One at a time, in the order of the calls. */
  apply(configuration: Configuration): Promise<Applied> {
    const turn = this.#turn.then(() => this.#applyNow(configuration));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #applyNow(configuration: Configuration): Promise<Applied> {
    const startedAt = performance.now();
    await this.#fetchSecrets(configuration);
    proveCiphers(configuration.settings);
    if (configuration.provesCertificates)
      proveCertificates(configuration.certificates, this.certificates, this.#secrets);
    const prepared = prepare(configuration, this.#prepared, proofDeps(configuration, this.#secrets));
    const { quarantined } = prepared.parsed;
    if (configuration.onBadApi === "refuse" && quarantined.length > 0)
      throw new RefusedConfiguration(quarantined.map(faultOf));
    await this.#claimPorts(configuration.settings.listeners);
    // First, so that no API begins without the targets that it names.
    await this.#watch.use(prepared.parsed.apis);
    const unplaced = await this.#pool.apply(prepared.parsed);
    this.#prepared = prepared;
    this.current = {
      revision: configuration.revision,
      hash: configuration.hash,
      tookMs: Math.round((performance.now() - startedAt) * 10) / 10,
      atMs: Date.now(),
      apis: prepared.parsed.apis.length,
      quarantined: [...prepared.parsed.quarantined, ...unplaced],
      otherShards: configuration.otherShards ?? [],
    };
    return this.current;
  }

  /** Reading a secret is a look-up from here on; one that cannot be had is told before anything has changed. */
  async #fetchSecrets({ apis, certificates }: Configuration): Promise<void> {
    const wanted = remoteReferencesIn([apis, certificates]);
    const faults = await this.#secrets.want("configuration", wanted);
    if (faults.length === 0) return;
    throw new RefusedConfiguration(
      faults.map(({ reference, message }) => ({
        api: null,
        path: "",
        message: `${reference} cannot be read: ${message}`,
      })),
    );
  }

  /** Ports that are new here must be free: workers share theirs, which would also share a stranger's and never say so. */
  async #claimPorts(listeners: Configuration["settings"]["listeners"]): Promise<void> {
    const names = new Set(listeners.map(({ host, port }) => `${host}:${port}`));
    for (const [index, { host, port }] of listeners.entries())
      if (!this.#listening.has(`${host}:${port}`)) await claimListener({ host, port }, index);
    this.#listening = names;
  }
}

async function claimListener(address: { host: string; port: number }, index: number): Promise<void> {
  const name = `settings.listeners[${index}]`;
  try {
    await claimPort(address, name);
  } catch (error) {
    const message = messageOf(error).replace(`${name} `, "");
    throw new RefusedConfiguration([{ api: null, path: `${name}.port`, message }]);
  }
}
