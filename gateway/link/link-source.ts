import { loadavg, hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs } from "#base/backoff.ts";
import { systemClock } from "#base/clock.ts";
import { messageOf } from "#base/errors.ts";
import { background, type Logger } from "#base/log.ts";
import type { Secret } from "#base/secret.ts";
import { waitUntil } from "#base/wait.ts";
import type { AnalyticsEntry } from "#contracts/analytics/batch.ts";
import { gatewaySettings, type GatewaySettings } from "#contracts/config/file.ts";
import type { KeyRecord } from "#contracts/key/record.ts";
import { helloSigningInput, type Hello } from "#contracts/link/messages.ts";
import type { SignedSnapshot } from "#contracts/revision/snapshot.ts";
import { Generations, type ConfiguredNode, type Source } from "#gateway/config/index.ts";
import { EntryMerger } from "#gateway/record/index.ts";
import type { KeyOutcome } from "#gateway/session/index.ts";
import { CAPABILITIES, GATEWAY_VERSION } from "#gateway/version.ts";
import { ConsoleClient, ConsoleRefusal } from "./console-client.ts";
import { Credentials } from "./credentials.ts";
import { loadIdentity, type Identity } from "./identity.ts";
import { KeyStore } from "./key-store.ts";
import { Load } from "./load.ts";
import { openSnapshot } from "./open-snapshot.ts";
import { LinkSession, type SessionEnd } from "./session.ts";
import { openSocket, UpgradeRefused, type OpenSocket } from "./socket.ts";
import { Spool } from "./spool.ts";

export interface LinkSourceOptions {
  /** The console's URL. */
  url: string;
  token: Secret | undefined;
  dataDir: string;
  tags: readonly string[];
  limiter: GatewaySettings["limiter"] | undefined;
  spoolBytes: number;
  log: Logger;
  /** Ends waiting for a console that cannot be reached. */
  stopped: AbortSignal;
}

const LOOKUP_MS = 3_000;
const VERIFY_AT_ONCE = 1_000;
const REPORT_EVERY_MS = 2_000;
/** At a stop, how long the last batches' acknowledgements are waited for; what is left lies in the spool. */
const HAND_OVER_MS = 3_000;
/** Failures in a row after which the console is asked where the control plane is by now. */
const ASK_AGAIN_AFTER = 5;
const REPLACED_PAUSE_MS = 30_000;

type State = "enrolling" | "connecting" | "connected" | "disconnected" | "retired";

/** A node of a cluster: configured, told of keys and heard through its control plane, and serving on without it. */
export class LinkSource implements Source {
  readonly #options: LinkSourceOptions;
  readonly #identity: Identity;
  readonly #credentials: Credentials;
  readonly #keys: KeyStore;
  readonly #spool: Spool;
  readonly #generations: Generations;
  readonly #merger = new EntryMerger();
  readonly #load = new Load();
  readonly #startedAtMs = Date.now();
  readonly #settings: GatewaySettings;
  readonly #stopping = new AbortController();
  readonly #inquiries = new Map<string, Promise<KeyOutcome>>();
  #session: LinkSession | undefined;
  #node: ConfiguredNode | undefined;
  #pendingSnapshot: SignedSnapshot | undefined;
  #applying: Promise<void> | undefined;
  #running: Promise<void> = Promise.resolve();
  #reporting: NodeJS.Timeout | undefined;
  #state: State = "enrolling";
  #lastProblem: string | null = null;
  #clockSkewMs: number | null = null;

  constructor(options: LinkSourceOptions) {
    const { dataDir, log, token, tags, stopped, url, spoolBytes } = options;
    this.#options = options;
    this.#settings = gatewaySettings.parse({ limiter: options.limiter });
    this.#identity = loadIdentity(dataDir);
    const signal = AbortSignal.any([stopped, this.#stopping.signal]);
    const console = new ConsoleClient(url, signal);
    const identity = this.#identity;
    this.#credentials = new Credentials({ folder: dataDir, identity, console, token, tags, log, signal });
    this.#keys = new KeyStore(dataDir, this.#identity, log);
    this.#spool = new Spool(join(dataDir, "spool"), spoolBytes, log);
    this.#generations = new Generations(join(dataDir, "generations"), this.#identity.sealingKey, log);
  }

  /** A node that was enrolled before starts from what it holds, with or without a console. */
  async open(): Promise<{ redisPrefix: string }> {
    const { cluster } = this.#credentials.held ?? (await this.#credentials.enrol());
    return { redisPrefix: `{${cluster}}:` };
  }

  async start(node: ConfiguredNode): Promise<void> {
    this.#node = node;
    this.#state = "connecting";
    this.#reporting = setInterval(() => this.#report(), REPORT_EVERY_MS);
    this.#running = this.#run();
    background(this.#running, this.#options.log, "link");
    await this.#applyFromDisk();
  }

  resolveKey(hash: string): Promise<KeyOutcome> {
    const known = this.#keys.get(hash);
    if (known) return Promise.resolve({ at: "found", key: known });
    const inquiry = this.#inquiries.get(hash) ?? this.#inquire(hash).finally(() => this.#inquiries.delete(hash));
    this.#inquiries.set(hash, inquiry);
    return inquiry;
  }

  record(entries: AnalyticsEntry[], droppedRecords: number): void {
    this.#merger.add(entries);
    this.#load.add(entries);
    if (droppedRecords > 0) this.#spool.countLost(droppedRecords);
  }

  /** The plane pushes by itself; what can be asked for anew is the link. */
  async reload(): Promise<unknown> {
    this.#session?.terminate();
    return this.status();
  }

  status(): Record<string, unknown> {
    const { held } = this.#credentials;
    return {
      source: "link",
      link: this.#state,
      problem: this.#lastProblem,
      node: held?.node ?? null,
      cluster: held?.cluster ?? null,
      keys: this.#keys.size,
      spool: this.#spool.size,
      clockSkewMs: this.#clockSkewMs,
    };
  }

  async stop(): Promise<void> {
    clearInterval(this.#reporting);
    this.#report();
    await this.#handOver();
    this.#stopping.abort();
    this.#session?.leave();
    await this.#running;
    this.#keys.save();
  }

  /** Newest generation first; one that the workers refuse falls back to the one before. */
  async #applyFromDisk(): Promise<void> {
    for (const snapshot of this.#generations.load()) {
      // The link was faster: what it brought is newer than any disk.
      if (this.#node!.current() || this.#applying) return;
      try {
        await this.#node!.apply(openSnapshot(snapshot, this.#credentials.held!, this.#settings));
        return this.#options.log.info({ revision: snapshot.revision }, "serving the revision kept on disk");
      } catch (error) {
        this.#options.log.warn({ err: error, revision: snapshot.revision }, "a generation on disk cannot be served");
      }
    }
  }

  /** Holds the link for as long as the node lives: connect, serve the session, back off, again. */
  async #run(): Promise<void> {
    const { log } = this.#options;
    const { signal } = this.#stopping;
    for (let failures = 0; ;) {
      const end = await this.#connect(failures).catch((error: unknown) => this.#failed(error));
      if (signal.aborted || this.#isRetired()) return;
      failures = end.stood ? 0 : failures + 1;
      this.#state = "disconnected";
      this.#lastProblem = end.reason;
      const waitMs = end.reconnectAfterMs ?? backoffMs(failures, { baseMs: 100, maxMs: 5_000 });
      log.warn({ waitMs, failures }, `link: ${end.reason}`);
      await sleep(waitMs, undefined, { signal }).catch(() => {});
    }
  }

  async #connect(failures: number): Promise<SessionEnd & { stood: boolean }> {
    const { signal } = this.#stopping;
    const isDue = this.#credentials.dueInMs() === 0;
    if (isDue || (failures > 0 && failures % ASK_AGAIN_AFTER === 0)) await this.#credentials.renew();
    const { linkUrl, credential } = this.#credentials.held!;
    const opened = await openSocket(linkUrl, credential, signal);
    const session = this.#greet(opened);
    this.#session = session;
    this.#state = "connected";
    this.#lastProblem = null;
    this.#options.log.info({ linkUrl }, "link stands");
    const renewal = this.#renewInTime();
    const end = await session.ended;
    renewal.abort();
    this.#session = undefined;
    if (end.goodbye === "retired" || end.goodbye === "revoked") this.#retire(end.reason);
    // Another process has this node's identity: at once, the two would replace each other for ever.
    const reconnectAfterMs = end.goodbye === "replaced" ? REPLACED_PAUSE_MS : end.reconnectAfterMs;
    return { ...end, reconnectAfterMs, stood: true };
  }

  async #failed(error: unknown): Promise<SessionEnd & { stood: boolean }> {
    const { status } = error instanceof UpgradeRefused || error instanceof ConsoleRefusal ? error : { status: 0 };
    if (status === 410) this.#retire(messageOf(error));
    if (status === 401 && error instanceof UpgradeRefused)
      await this.#credentials.renew().catch((refused: unknown) => {
        if (refused instanceof ConsoleRefusal && refused.status === 410) this.#retire(refused.message);
      });
    return { goodbye: null, reason: messageOf(error), reconnectAfterMs: undefined, stood: false };
  }

  #isRetired(): boolean {
    return this.#state === "retired";
  }

  /** Told that it is no node any more: it stops asking and goes on serving what it knows. */
  #retire(reason: string): void {
    this.#state = "retired";
    this.#lastProblem = reason;
    this.#options.log.error(`this node was retired (${reason}); it serves what it knows and hears of nothing new`);
  }

  /** Within the session, so that a day-old link gets its new credential without being cut. */
  #renewInTime(): AbortController {
    const over = new AbortController();
    const renew = async () => {
      await systemClock.sleep(this.#credentials.dueInMs(), over.signal);
      await this.#credentials.renew();
    };
    renew().catch((error: unknown) => {
      if (!over.signal.aborted) this.#options.log.warn({ err: error }, "the node credential could not be renewed");
    });
    return over;
  }

  #greet({ socket, challenge }: OpenSocket): LinkSession {
    const { node } = this.#credentials.held!;
    const current = this.#node!.current();
    const figures = this.#node!.figures();
    const hello: Hello = {
      type: "hello",
      node,
      proof: this.#identity.sign(helloSigningInput(node, challenge)),
      hostname: hostname(),
      version: GATEWAY_VERSION,
      capabilities: [...CAPABILITIES],
      startedAtMs: this.#startedAtMs,
      workers: figures.workers,
      listen: figures.listen,
      applied: current ? { revision: current.revision, hash: current.hash } : null,
      keyCursor: this.#keys.cursor,
      spool: this.#spool.size,
    };
    const session: LinkSession = new LinkSession(
      socket,
      hello,
      {
        snapshot: (message) => this.#wanted(message),
        events: ({ cursor, items }) => {
          this.#keys.take(items, cursor);
          if (items.length > 0) this.#node!.pushKeys(items.map(({ hash, key }) => ({ hash, key })));
        },
        resync: (cursor) => background(this.#resync(session, cursor), this.#options.log, "resync of keys"),
        heartbeat: () => this.#figures(),
        skew: (ms) => (this.#clockSkewMs = ms),
      },
      this.#spool,
      this.#options.log,
    );
    return session;
  }

  #figures() {
    const { connections, memoryBytes } = this.#node!.figures();
    const appliedHash = this.#node!.current()?.hash ?? null;
    return { appliedHash, load: loadavg()[0]!, connections, memoryBytes, ...this.#load.take() };
  }

  /** Only the newest pending revision is applied: those that came meanwhile are passed over. */
  #wanted({ type: _type, ...snapshot }: SignedSnapshot & { type: "snapshot" }): void {
    this.#pendingSnapshot = snapshot;
    this.#applying ??= this.#applyPending().finally(() => (this.#applying = undefined));
  }

  async #applyPending(): Promise<void> {
    for (let snapshot = this.#nextSnapshot(); snapshot; snapshot = this.#nextSnapshot()) {
      const { revision } = snapshot;
      try {
        const configuration = openSnapshot(snapshot, this.#credentials.held!, this.#settings);
        const { hash, tookMs, quarantined } = await this.#node!.apply(configuration);
        this.#session?.say({ type: "applied", revision, hash, tookMs, quarantined: [...quarantined] });
        this.#generations.save(snapshot);
        this.#options.log.info({ revision, tookMs, quarantined: quarantined.length }, "revision applied");
      } catch (error) {
        const reason = messageOf(error).slice(0, 1_000);
        this.#session?.say({ type: "rejected", revision, entity: "revision", reason });
        this.#options.log.error({ err: error, revision }, "revision rejected; the one before goes on serving");
      }
    }
  }

  #nextSnapshot(): SignedSnapshot | undefined {
    const snapshot = this.#pendingSnapshot;
    this.#pendingSnapshot = undefined;
    return snapshot;
  }

  async #inquire(hash: string): Promise<KeyOutcome> {
    const answer = await this.#session?.lookUp(hash, LOOKUP_MS);
    // An event may have overtaken the answer: what it left here is newer.
    const known = this.#keys.get(hash);
    if (known) return { at: "found", key: known };
    if (answer === undefined) return { at: "unreachable" };
    return answer === null ? { at: "unknown" } : { at: "found", key: this.#keys.put(answer) };
  }

  /** The event log no longer reaches back: every key that is held is compared, and none is forgotten for it. */
  async #resync(session: LinkSession, cursor: number): Promise<void> {
    const held = this.#keys.held();
    for (let start = 0; start < held.length; start += VERIFY_AT_ONCE) {
      const changed = await session.verify(held.slice(start, start + VERIFY_AT_ONCE), LOOKUP_MS * 10);
      // The link broke; the next one begins with the old cursor and asks again.
      if (!changed) return;
      this.#verified(changed);
    }
    this.#keys.cursor = Math.max(cursor, this.#keys.cursor ?? 0);
    this.#options.log.info({ keys: held.length, cursor }, "keys verified with the control plane");
  }

  #verified(changed: { hash: string; key: KeyRecord | null }[]): void {
    for (const { hash, key } of changed) {
      if (key) this.#keys.put(key);
      else this.#keys.drop(hash);
    }
    if (changed.length > 0) this.#node!.pushKeys(changed);
  }

  #report(): void {
    const { droppedRecords } = this.#merger;
    if (droppedRecords > 0) this.#spool.countLost(droppedRecords);
    this.#merger.droppedRecords = 0;
    this.#spool.add(this.#merger.take(), Date.now());
    this.#session?.sendBatches();
    this.#keys.save();
  }

  async #handOver(): Promise<void> {
    const handedOver = () => !this.#session || this.#spool.size.batches === 0;
    await waitUntil(handedOver, { what: "analytics are acknowledged", timeoutMs: HAND_OVER_MS, everyMs: 20 }).catch(
      () => this.#options.log.warn({ spool: this.#spool.size }, "stopping before all analytics were acknowledged"),
    );
  }
}
