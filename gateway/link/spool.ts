import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pack, unpack } from "msgpackr";
import { messageOf } from "#base/errors.ts";
import type { Logger } from "#base/log.ts";
import { analyticsBatch, type AnalyticsBatch, type AnalyticsEntry } from "#contracts/analytics/batch.ts";

interface Waiting {
  batchId: string;
  bytes: number;
  /** Calls in its entries. */
  records: number;
  /** Calls lost before it, which it was to tell of. */
  carried: number;
  /** Held in memory only where the disk refused it. */
  frame: Buffer | undefined;
}

/**
 * Analytics that the control plane has not acknowledged yet. On disk before it is sent, gone when it is acknowledged; past
 * the cap the oldest batch is dropped, and its records are counted into the next one, which shows them as a gap.
 */
export class Spool {
  readonly #folder: string;
  readonly #capBytes: number;
  readonly #log: Logger;
  readonly #waiting = new Map<string, Waiting>();
  #bytes = 0;
  #sequence = 0;
  #unreported = 0;
  droppedRecords = 0;

  constructor(folder: string, capBytes: number, log: Logger) {
    this.#folder = folder;
    this.#capBytes = capBytes;
    this.#log = log;
    this.#load();
  }

  get size(): { batches: number; bytes: number; droppedRecords: number } {
    return { batches: this.#waiting.size, bytes: this.#bytes, droppedRecords: this.droppedRecords };
  }

  /** Ids of what waits, oldest first. */
  pending(): string[] {
    return [...this.#waiting.keys()];
  }

  /** The frame to send, or undefined when it was acknowledged or dropped meanwhile. */
  frameOf(batchId: string): Buffer | undefined {
    const waiting = this.#waiting.get(batchId);
    if (!waiting) return undefined;
    if (waiting.frame) return waiting.frame;
    try {
      return readFileSync(this.#fileOf(batchId));
    } catch (error) {
      this.#drop(waiting, `a spooled batch cannot be read: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** Records that were lost before they came here, such as for want of memory. */
  countLost(records: number): void {
    this.#unreported += records;
    this.droppedRecords += records;
  }

  add(entries: AnalyticsEntry[], nowMs: number): void {
    if (entries.length === 0 && this.#unreported === 0) return;
    this.#sequence += 1;
    // The name sorts by age, so that a restart sends in the same order.
    const batchId = `${nowMs.toString(36).padStart(9, "0")}-${this.#sequence.toString(36).padStart(4, "0")}-${randomBytes(8).toString("hex")}`;
    const batch: AnalyticsBatch = { format: 1, batchId, sentAtMs: nowMs, entries, droppedRecords: this.#unreported };
    this.#unreported = 0;
    this.#keep(batch, pack(batch));
    this.#makeRoom();
  }

  acknowledge(batchId: string): void {
    const waiting = this.#waiting.get(batchId);
    if (waiting) this.#remove(waiting);
  }

  #keep(batch: AnalyticsBatch, frame: Buffer): void {
    const waiting = waitingOf(batch, frame.length);
    const { batchId } = batch;
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      writeFileSync(`${this.#fileOf(batchId)}.new`, frame, { mode: 0o600 });
      renameSync(`${this.#fileOf(batchId)}.new`, this.#fileOf(batchId));
    } catch (error) {
      waiting.frame = frame;
      this.#log.warn({ err: error }, "analytics cannot be spooled on disk; they wait in memory");
    }
    this.#waiting.set(batchId, waiting);
    this.#bytes += waiting.bytes;
  }

  #makeRoom(): void {
    for (const waiting of this.#waiting.values()) {
      if (this.#bytes <= this.#capBytes) return;
      this.#drop(waiting, "the spool is full; the oldest batch of analytics was dropped");
    }
  }

  #drop(waiting: Waiting, why: string): void {
    this.countLost(waiting.records);
    // Counted before, and still not told.
    this.#unreported += waiting.carried;
    this.#remove(waiting);
    this.#log.warn({ records: waiting.records, dropped: this.droppedRecords }, why);
  }

  #remove(waiting: Waiting): void {
    this.#waiting.delete(waiting.batchId);
    this.#bytes -= waiting.bytes;
    rmSync(this.#fileOf(waiting.batchId), { force: true });
  }

  #fileOf(batchId: string): string {
    return join(this.#folder, `${batchId}.batch`);
  }

  /** What an earlier process left unacknowledged. */
  #load(): void {
    for (const name of this.#names()) {
      const batchId = name.slice(0, -".batch".length);
      const frame = readFileSync(this.#fileOf(batchId));
      const batch = analyticsBatch.safeParse(tryUnpack(frame));
      if (batch.success) {
        this.#waiting.set(batchId, waitingOf(batch.data, frame.length));
        this.#bytes += frame.length;
        continue;
      }
      this.#log.warn({ file: name }, "a spooled batch is damaged and was dropped");
      rmSync(this.#fileOf(batchId), { force: true });
    }
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder)
        .filter((name) => name.endsWith(".batch"))
        .sort();
    } catch {
      // No folder yet: nothing was ever spooled.
      return [];
    }
  }
}

function waitingOf({ batchId, entries, droppedRecords }: AnalyticsBatch, bytes: number): Waiting {
  const records = entries.reduce((sum, { count }) => sum + count, 0);
  return { batchId, bytes, records, carried: droppedRecords, frame: undefined };
}

function tryUnpack(frame: Buffer): unknown {
  try {
    return unpack(frame);
  } catch {
    // Cut by a full disk or a crash: the schema refuses it.
    return undefined;
  }
}
