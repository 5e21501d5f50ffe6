import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seal, unseal } from "#base/seal.ts";
import { signedSnapshot, type SignedSnapshot } from "#contracts/revision/snapshot.ts";
import type { Logger } from "#base/log.ts";

/** A snapshot that was applied, as it lies on disk. */
export interface Generation {
  snapshot: SignedSnapshot;
}

const KEEP = 3;
const CONTEXT = "causeway-generation";

/**
 * The last good snapshots on disk: AES-256-GCM under a key that only this node has, written beside and renamed, so that a
 * crash leaves the old or the new and never half. A damaged one (its tag does not fit) falls back to the one before.
 */
export class Generations {
  readonly #folder: string;
  readonly #key: Uint8Array;
  readonly #log: Logger;

  constructor(folder: string, key: Uint8Array, log: Logger) {
    this.#folder = folder;
    this.#key = key;
    this.#log = log;
  }

  /** Never throws: a full disk must not stop a revision from being served. */
  save(snapshot: SignedSnapshot): void {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const names = this.#names();
      const next = String(Number(names[0]?.slice(0, 12) ?? 0) + 1).padStart(12, "0");
      const file = join(this.#folder, `${next}.generation`);
      writeFileSync(`${file}.new`, seal(this.#key, JSON.stringify({ snapshot }), CONTEXT), { mode: 0o600 });
      renameSync(`${file}.new`, file);
      for (const old of names.slice(KEEP - 1)) rmSync(join(this.#folder, old), { force: true });
    } catch (error) {
      this.#log.error(
        { err: error },
        "the applied revision could not be kept on disk; a restart without control plane would miss it",
      );
    }
  }

  /** Newest first; what cannot be opened is passed over and said. */
  *load(): Generator<SignedSnapshot> {
    for (const name of this.#names()) {
      try {
        const text = unseal(this.#key, readFileSync(join(this.#folder, name), "utf8"), CONTEXT).toString("utf8");
        yield signedSnapshot.parse((JSON.parse(text) as Generation).snapshot);
      } catch (error) {
        this.#log.warn({ err: error, file: name }, "a generation on disk is damaged; trying the one before");
      }
    }
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder)
        .filter((name) => name.endsWith(".generation"))
        .sort()
        .reverse();
    } catch {
      // No folder yet: nothing was ever applied.
      return [];
    }
  }
}
