import { messageOf } from "#base/errors.ts";
import type { Logger } from "#base/log.ts";
import type { NodeSettings } from "#contracts/config/node-settings.ts";
import type { EnrolResponse } from "#contracts/link/enrolment.ts";
import type { FromNode } from "#contracts/link/messages.ts";
import type { SignedSnapshot } from "#contracts/revision/snapshot.ts";
import { RefusedConfiguration, type ConfiguredNode, type Generations } from "#gateway/config/index.ts";
import { openSnapshot } from "./open-snapshot.ts";

/** Characters of a reason that are told. */
const MOST_REASON = 1_000;

export interface RevisionsOptions {
  generations: Generations;
  own: () => NodeSettings;
  /** What the console answered last. */
  enrolled: () => EnrolResponse;
  say: (message: FromNode) => void;
  log: Logger;
}

/** Snapshots on their way to being served: proven, applied one at a time, answered honestly, kept on disk. */
export class Revisions {
  readonly #options: RevisionsOptions;
  #pending: SignedSnapshot | undefined;
  #applying: Promise<void> | undefined;

  constructor(options: RevisionsOptions) {
    this.#options = options;
  }

  /** Newest generation first; one that the workers refuse falls back to the one before. */
  async applyFromDisk(node: ConfiguredNode): Promise<void> {
    const { generations, own, enrolled, log } = this.#options;
    for (const snapshot of generations.load()) {
      // The link was faster: what it brought is newer than any disk.
      if (node.current() || this.#applying) return;
      try {
        await node.apply(openSnapshot(snapshot, enrolled(), own()));
        return log.info({ revision: snapshot.revision }, "serving the revision kept on disk");
      } catch (error) {
        log.warn({ err: error, revision: snapshot.revision }, "a generation on disk cannot be served");
      }
    }
  }

  /** What is served, with the node's own settings as they are now. Rejects with the reason where they do not fit. */
  async applyAgain(node: ConfiguredNode): Promise<void> {
    const { generations, own, enrolled } = this.#options;
    const current = node.current();
    if (current === undefined) return;
    for (const snapshot of generations.load())
      if (snapshot.hash === current.hash) return void (await node.apply(openSnapshot(snapshot, enrolled(), own())));
  }

  /** Only the newest pending revision is applied: those that came meanwhile are passed over. */
  want(snapshot: SignedSnapshot, node: ConfiguredNode): void {
    this.#pending = snapshot;
    this.#applying ??= this.#applyPending(node).finally(() => (this.#applying = undefined));
  }

  async #applyPending(node: ConfiguredNode): Promise<void> {
    for (let snapshot = this.#take(); snapshot; snapshot = this.#take()) await this.#applyOne(snapshot, node);
  }

  async #applyOne(snapshot: SignedSnapshot, node: ConfiguredNode): Promise<void> {
    const { generations, own, enrolled, say, log } = this.#options;
    const { revision } = snapshot;
    try {
      const configuration = { ...openSnapshot(snapshot, enrolled(), own()), provesCertificates: true };
      const { hash, tookMs, quarantined } = await node.apply(configuration);
      say({ type: "applied", revision, hash, tookMs, quarantined: [...quarantined] });
      generations.save(snapshot);
      log.info({ revision, tookMs, quarantined: quarantined.length }, "revision applied");
    } catch (error) {
      node.refused();
      say({ type: "rejected", revision, ...refusalOf(error) });
      log.error({ err: error, revision }, "revision rejected; the one before goes on serving");
    }
  }

  #take(): SignedSnapshot | undefined {
    const snapshot = this.#pending;
    this.#pending = undefined;
    return snapshot;
  }
}

/** The one thing that does not fit here, by its place; where it is several, or another failure, the whole revision. */
function refusalOf(error: unknown): { entity: string; reason: string } {
  const [only, ...others] = error instanceof RefusedConfiguration ? error.faults : [];
  if (only?.path && others.length === 0) return { entity: only.path, reason: only.message.slice(0, MOST_REASON) };
  return { entity: "revision", reason: messageOf(error).slice(0, MOST_REASON) };
}
