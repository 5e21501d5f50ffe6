import cluster, { type Worker } from "node:cluster";
import type { KeyRecord } from "#contracts/key/record.ts";
import type { Quarantined } from "#contracts/revision/snapshot.ts";
import { backoffMs } from "#base/backoff.ts";
import { background, type Logger } from "#base/log.ts";
import type { ParsedConfiguration } from "#gateway/config/index.ts";
import type { AttemptBook, NonceBook } from "#gateway/identity/index.ts";
import type { LocalAuthority } from "#gateway/limit/index.ts";
import type { KeyOutcome } from "#gateway/session/index.ts";
import type { Findings } from "#gateway/upstream/index.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "./messages.ts";

export type WorkerCounts = Omit<Extract<FromWorker, { type: "counts" }>, "type">;

export interface WorkerPoolOptions {
  count: number;
  settingsFor(index: number): WorkerSettings;
  authority: LocalAuthority;
  nonces: NonceBook;
  attempts: AttemptBook;
  resolveKey(hash: string): Promise<KeyOutcome>;
  /** What was read in stores of secrets. */
  secrets(): [reference: string, value: string][];
  /** What is known of targets now, for a worker that starts. */
  findings(): readonly Findings[];
  onCounts(worker: number, counts: WorkerCounts): void;
  ticketKeys(): Buffer;
  /** A worker cannot do its work at all, such as when its port is taken. */
  onFatal(failure: { code: string | undefined; message: string }): void;
  log: Logger;
}

interface Slot {
  index: number;
  worker: Worker | undefined;
  /** Highest configuration that this worker serves. */
  appliedSeq: number;
  quarantined: Quarantined[];
  /** Definitions that this worker has, by id, to send only what changed. */
  sent: Map<string, unknown>;
  crashes: number;
  startedAtMs: number;
  drained: boolean;
}

/** The workers of this node: started, replaced when they crash, told everything, and asked to end. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #slots: Slot[];
  #current: { seq: number; parsed: ParsedConfiguration } | undefined;
  #seq = 0;
  #stopping = false;
  #wake: (() => void)[] = [];
  restarts = 0;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    cluster.setupPrimary({ serialization: "advanced", args: [] });
    this.#slots = Array.from({ length: options.count }, (_, index) => newSlot(index));
    for (const slot of this.#slots) this.#start(slot);
  }

  get alive(): number {
    return this.#slots.filter((slot) => slot.worker?.isConnected()).length;
  }

  /** Resolves when every worker serves the configuration, or a newer one; with what they could not place. */
  async apply(parsed: ParsedConfiguration): Promise<Quarantined[]> {
    this.#seq += 1;
    const seq = this.#seq;
    this.#current = { seq, parsed };
    this.pushSecrets();
    for (const slot of this.#slots) this.#configure(slot);
    while (!this.#stopping && this.#slots.some((slot) => slot.appliedSeq < seq))
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    return this.#slots[0]?.quarantined ?? [];
  }

  pushKeys(items: { hash: string; key: KeyRecord | null }[]): void {
    this.#broadcast({ type: "keys", items });
  }

  pushFindings(findings: Findings): void {
    this.#broadcast({ type: "targets", findings: [findings] });
  }

  pushSecrets(): void {
    this.#broadcast({ type: "secrets", values: this.#options.secrets() });
  }

  pushTicketKeys(): void {
    this.#broadcast({ type: "ticketKeys", keys: this.#options.ticketKeys() });
  }

  reopenLogs(): void {
    this.#broadcast({ type: "reopenLogs" });
  }

  forgetKeys(): void {
    this.#broadcast({ type: "forgetKeys" });
  }

  /** Announces the end, keeps taking connections for `graceMs`, then lets requests end for `limitMs` at most. */
  async drain(graceMs: number, limitMs: number): Promise<void> {
    this.#stopping = true;
    this.#broadcast({ type: "announceDrain" });
    await new Promise((resolve) => setTimeout(resolve, graceMs));
    this.#broadcast({ type: "drain", limitMs });
    // A worker that hangs must not keep the node: it has its time and a second more.
    const deadline = new Promise<"late">((resolve) => setTimeout(() => resolve("late"), limitMs + 1_000).unref());
    while (this.#slots.some((slot) => slot.worker?.isConnected() && !slot.drained)) {
      const news = new Promise<"news">((resolve) => this.#wake.push(() => resolve("news")));
      if ((await Promise.race([news, deadline])) === "late") break;
    }
    for (const slot of this.#slots) slot.worker?.process.kill("SIGKILL");
  }

  #start(slot: Slot): void {
    const worker = cluster.fork();
    Object.assign(slot, { worker, appliedSeq: 0, sent: new Map(), startedAtMs: Date.now(), drained: false });
    worker.on("message", (message: FromWorker) => this.#receive(slot, message));
    worker.once("exit", (code, signal) => this.#ended(slot, code, signal));
    this.#send(slot, { type: "start", settings: this.#options.settingsFor(slot.index) });
    this.#send(slot, { type: "secrets", values: this.#options.secrets() });
    this.#send(slot, { type: "targets", findings: this.#options.findings() });
    this.#send(slot, { type: "ticketKeys", keys: this.#options.ticketKeys() });
    this.#send(slot, { type: "shut", addresses: this.#options.attempts.shutNow(Date.now()) });
    this.#configure(slot);
  }

  #ended(slot: Slot, code: number, signal: string): void {
    slot.worker = undefined;
    this.#wakeAll();
    if (this.#stopping) return;
    this.restarts += 1;
    const livedLong = Date.now() - slot.startedAtMs > 60_000;
    slot.crashes = livedLong ? 0 : slot.crashes + 1;
    const waitMs = slot.crashes <= 1 ? 0 : backoffMs(slot.crashes, { baseMs: 100, maxMs: 10_000 });
    this.#options.log.error({ worker: slot.index, code, signal, waitMs }, "a worker ended and is replaced");
    setTimeout(() => !this.#stopping && this.#start(slot), waitMs);
  }

  #configure(slot: Slot): void {
    if (!this.#current || !slot.worker) return;
    const { seq, parsed } = this.#current;
    const changed = parsed.apis.filter((api) => slot.sent.get(api.id) !== api);
    slot.sent = new Map(parsed.apis.map((api) => [api.id, api]));
    const order = parsed.apis.map((api) => api.id);
    const { policies, certificates, settings } = parsed;
    this.#send(slot, { type: "configure", seq, order, changed, policies, certificates, settings });
  }

  #receive(slot: Slot, message: FromWorker): void {
    switch (message.type) {
      case "listening":
        return;
      case "failed":
        return this.#options.onFatal(message);
      case "applied":
        slot.appliedSeq = message.seq;
        slot.quarantined = message.quarantined;
        return this.#wakeAll();
      case "key":
        return background(this.#answerKey(slot, message.id, message.hash), this.#options.log, "key look-up");
      case "lease":
        return this.#send(slot, {
          type: "answer",
          id: message.id,
          value: this.#options.authority.takeNow(message.request),
        });
      case "exact":
        return background(this.#answerExact(slot, message), this.#options.log, "exact limit");
      case "nonces":
        return this.#send(slot, {
          type: "answer",
          id: message.id,
          value: message.uses.map((use) => this.#options.nonces.use(use.nonce, use.nowMs, use.untilMs)),
        });
      case "wrongAttempt":
        return this.#countAttempt(message);
      case "giveBack":
        return this.#options.authority.giveBack(message.refund);
      case "counts":
        return this.#options.onCounts(slot.index, message);
      case "drained":
        slot.drained = true;
        return this.#wakeAll();
    }
  }

  async #answerKey(slot: Slot, id: number, hash: string): Promise<void> {
    this.#send(slot, { type: "answer", id, value: await this.#options.resolveKey(hash) });
  }

  async #answerExact(slot: Slot, { id, buckets, outage }: Extract<FromWorker, { type: "exact" }>): Promise<void> {
    this.#send(slot, { type: "answer", id, value: await this.#options.authority.takeExactly(buckets, outage) });
  }

  /** Workers hear of an address when it has to wait, and not of each attempt. */
  #countAttempt({ address, nowMs }: Extract<FromWorker, { type: "wrongAttempt" }>): void {
    const untilMs = this.#options.attempts.failed(address, nowMs);
    if (untilMs !== undefined) this.#broadcast({ type: "shut", addresses: [[address, untilMs]] });
  }

  #broadcast(message: ToWorker): void {
    for (const slot of this.#slots) this.#send(slot, message);
  }

  #send(slot: Slot, message: ToWorker): void {
    // A worker that is on its way out cannot take messages; its successor is told everything anew.
    if (slot.worker?.isConnected()) slot.worker.send(message, undefined, () => {});
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}

function newSlot(index: number): Slot {
  return {
    index,
    worker: undefined,
    appliedSeq: 0,
    quarantined: [],
    sent: new Map(),
    crashes: 0,
    startedAtMs: 0,
    drained: false,
  };
}
