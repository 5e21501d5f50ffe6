import { messageOf } from "#base/errors.ts";
import type { Logger } from "#base/log.ts";
import type { GatewaySettings } from "#contracts/config/file.ts";
import type { EnrolResponse } from "#contracts/link/enrolment.ts";
import type { FromNode } from "#contracts/link/messages.ts";
import type { SignedSnapshot } from "#contracts/revision/snapshot.ts";
import type { ConfiguredNode, Generations } from "#gateway/config/index.ts";
import { openSnapshot } from "./open-snapshot.ts";

export interface RevisionsOptions {
  generations: Generations;
  settings: GatewaySettings;
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
    const { generations, settings, enrolled, log } = this.#options;
    for (const snapshot of generations.load()) {
      // The link was faster: what it brought is newer than any disk.
      if (node.current() || this.#applying) return;
      try {
        await node.apply(openSnapshot(snapshot, enrolled(), settings));
        return log.info({ revision: snapshot.revision }, "serving the revision kept on disk");
      } catch (error) {
        log.warn({ err: error, revision: snapshot.revision }, "a generation on disk cannot be served");
      }
    }
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
    const { generations, settings, enrolled, say, log } = this.#options;
    const { revision } = snapshot;
    try {
      const { hash, tookMs, quarantined } = await node.apply(openSnapshot(snapshot, enrolled(), settings));
      say({ type: "applied", revision, hash, tookMs, quarantined: [...quarantined] });
      generations.save(snapshot);
      log.info({ revision, tookMs, quarantined: quarantined.length }, "revision applied");
    } catch (error) {
      const reason = messageOf(error).slice(0, 1_000);
      say({ type: "rejected", revision, entity: "revision", reason });
      log.error({ err: error, revision }, "revision rejected; the one before goes on serving");
    }
  }

  #take(): SignedSnapshot | undefined {
    const snapshot = this.#pending;
    this.#pending = undefined;
    return snapshot;
  }
}
