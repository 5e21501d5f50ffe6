import { hostname, loadavg } from "node:os";
import { join } from "node:path";
import { background, type Logger } from "#base/log.ts";
import type { Secret } from "#base/secret.ts";
import { waitUntil } from "#base/wait.ts";
import type { AnalyticsEntry } from "#contracts/analytics/batch.ts";
import type { GatewaySettings } from "#contracts/config/file.ts";
import { noSettings, type NodeSettings } from "#contracts/config/node-settings.ts";
import { helloSigningInput, type Hello } from "#contracts/link/messages.ts";
import { Generations, readNodeSettings, type ConfiguredNode, type Source } from "#gateway/config/index.ts";
import { EntryMerger } from "#gateway/record/index.ts";
import type { KeyOutcome } from "#gateway/session/index.ts";
import { CAPABILITIES, GATEWAY_VERSION } from "#gateway/version.ts";
import { ConsoleClient } from "./console-client.ts";
import { Credentials } from "./credentials.ts";
import { loadIdentity, type Identity } from "./identity.ts";
import { KeyDesk } from "./key-desk.ts";
import { KeyStore } from "./key-store.ts";
import { LinkKeeper } from "./link-keeper.ts";
import { Load } from "./load.ts";
import { Revisions } from "./revisions.ts";
import { LinkSession } from "./session.ts";
import type { OpenSocket } from "./socket.ts";
import { Spool } from "./spool.ts";

export interface LinkSourceOptions {
  /** The console's URL. */
  url: string;
  token: Secret | undefined;
  dataDir: string;
  tags: readonly string[];
  limiter: GatewaySettings["limiter"] | undefined;
  /** A file of the node's own settings, read at the start and at each reload. */
  settingsFile: string | undefined;
  spoolBytes: number;
  log: Logger;
  /** Ends waiting for a console that cannot be reached. */
  stopped: AbortSignal;
}

const REPORT_EVERY_MS = 2_000;
/** At a stop, how long the last batches' acknowledgements are waited for; what is left lies in the spool. */
const HAND_OVER_MS = 3_000;

/** A node of a cluster: configured, told of keys and heard through its control plane, and serving on without it. */
export class LinkSource implements Source {
  readonly #log: Logger;
  readonly #identity: Identity;
  readonly #credentials: Credentials;
  readonly #keys: KeyStore;
  readonly #spool: Spool;
  readonly #keeper: LinkKeeper;
  readonly #revisions: Revisions;
  readonly #desk: KeyDesk;
  readonly #merger = new EntryMerger();
  readonly #load = new Load();
  readonly #readOwn: () => NodeSettings;
  #own: NodeSettings;
  readonly #startedAtMs = Date.now();
  readonly #stopping = new AbortController();
  #node: ConfiguredNode | undefined;
  #running: Promise<void> = Promise.resolve();
  #reporting: NodeJS.Timeout | undefined;
  #clockSkewMs: number | null = null;
  #liveNodes: number | undefined = undefined;

  constructor(options: LinkSourceOptions) {
    const { dataDir: folder, log, token, tags, stopped, url, spoolBytes, limiter, settingsFile } = options;
    const signal = AbortSignal.any([stopped, this.#stopping.signal]);
    const identity = loadIdentity(folder);
    const console = new ConsoleClient(url, signal);
    this.#log = log;
    this.#readOwn = () => ownSettings(settingsFile, limiter);
    this.#own = this.#readOwn();
    this.#identity = identity;
    this.#credentials = new Credentials({ folder, identity, console, token, tags, log, signal });
    this.#keys = new KeyStore(folder, identity, log);
    this.#spool = new Spool(join(folder, "spool"), spoolBytes, log);
    this.#keeper = new LinkKeeper(this.#credentials, (opened) => this.#greet(opened), log, this.#stopping.signal);
    this.#desk = new KeyDesk(
      this.#keys,
      () => this.#keeper.session,
      (items) => this.#node!.pushKeys(items),
      log,
    );
    this.#revisions = new Revisions({
      generations: new Generations(join(folder, "generations"), identity.sealingKey, log),
      own: () => this.#own,
      enrolled: () => this.#credentials.held!,
      say: (message) => this.#keeper.session?.say(message),
      log,
    });
  }

  /** A node that was enrolled before starts from what it holds, with or without a console. */
  async open(): Promise<{ redisPrefix: string }> {
    const { cluster } = this.#credentials.held ?? (await this.#credentials.enrol());
    return { redisPrefix: `{${cluster}}:` };
  }

  async start(node: ConfiguredNode): Promise<void> {
    this.#node = node;
    this.#reporting = setInterval(() => this.#report(), REPORT_EVERY_MS);
    this.#running = this.#keeper.run();
    background(this.#running, this.#log, "link");
    await this.#revisions.applyFromDisk(node);
  }

  resolveKey(hash: string): Promise<KeyOutcome> {
    return this.#desk.resolve(hash);
  }

  record(entries: AnalyticsEntry[], droppedRecords: number): void {
    this.#merger.add(entries);
    this.#load.add(entries);
    if (droppedRecords > 0) this.#spool.countLost(droppedRecords);
  }

  /** The node's own file is read again; the plane pushes by itself, so what can be asked of it anew is the link. */
  async reload(): Promise<unknown> {
    this.#own = this.#readOwn();
    await this.#revisions.applyAgain(this.#node!);
    this.#keeper.session?.terminate();
    return this.status();
  }

  /** As last heard: while the link is down, as many as there were serve on. */
  liveNodes(): number | undefined {
    return this.#liveNodes;
  }

  status(): Record<string, unknown> {
    const { held } = this.#credentials;
    return {
      source: "link",
      link: this.#keeper.state,
      problem: this.#keeper.problem,
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
    this.#keeper.session?.leave();
    await this.#running;
    this.#keys.save();
  }

  #greet({ socket, challenge }: OpenSocket): LinkSession {
    const node = this.#node!;
    const session: LinkSession = new LinkSession(
      socket,
      this.#hello(node, challenge),
      {
        snapshot: ({ type: _type, ...snapshot }) => this.#revisions.want(snapshot, node),
        events: (message) => this.#desk.take(message),
        resync: (cursor) => background(this.#desk.resync(session, cursor), this.#log, "resync of keys"),
        heartbeat: () => this.#figures(node),
        skew: (ms) => (this.#clockSkewMs = ms),
        nodes: (count) => (this.#liveNodes = count),
      },
      this.#spool,
      this.#log,
    );
    return session;
  }

  #hello(node: ConfiguredNode, challenge: string): Hello {
    const id = this.#credentials.held!.node;
    const current = node.current();
    const { workers, listen } = node.figures();
    return {
      type: "hello",
      node: id,
      proof: this.#identity.sign(helloSigningInput(id, challenge)),
      hostname: hostname(),
      version: GATEWAY_VERSION,
      capabilities: [...CAPABILITIES],
      startedAtMs: this.#startedAtMs,
      workers,
      listen,
      applied: current ? { revision: current.revision, hash: current.hash } : null,
      keyCursor: this.#keys.cursor,
      spool: this.#spool.size,
    };
  }

  #figures(node: ConfiguredNode) {
    const { connections, memoryBytes } = node.figures();
    const appliedHash = node.current()?.hash ?? null;
    return { appliedHash, load: loadavg()[0]!, connections, memoryBytes, ...this.#load.take() };
  }

  #report(): void {
    const { droppedRecords } = this.#merger;
    if (droppedRecords > 0) this.#spool.countLost(droppedRecords);
    this.#merger.droppedRecords = 0;
    this.#spool.add(this.#merger.take(), Date.now());
    this.#keeper.session?.sendBatches();
    this.#keys.save();
  }

  async #handOver(): Promise<void> {
    const handedOver = () => !this.#keeper.session || this.#spool.size.batches === 0;
    await waitUntil(handedOver, { what: "analytics are handed over", timeoutMs: HAND_OVER_MS, everyMs: 20 }).catch(() =>
      this.#log.warn({ spool: this.#spool.size }, "stopping before all analytics were acknowledged"),
    );
  }
}

/** What the environment says of the limiter goes before the file. */
function ownSettings(file: string | undefined, limiter: GatewaySettings["limiter"] | undefined): NodeSettings {
  const own = file === undefined ? noSettings : readNodeSettings(file);
  return limiter === undefined ? own : { ...own, settings: { ...own.settings, limiter } };
}
