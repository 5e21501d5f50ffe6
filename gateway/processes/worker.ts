import { hostname } from "node:os";
import type { Redis } from "ioredis";
import { systemClock } from "#base/clock.ts";
import { createLogger, type Logger } from "#base/log.ts";
import { messageOf } from "#base/errors.ts";
import { FirstUses, Identities, IssuerClient, RedisNonces } from "#gateway/identity/index.ts";
import { FallbackAuthority, LimitBook, RedisAuthority, connectRedis, type Authority } from "#gateway/limit/index.ts";
import { AccessLog, Aggregator, LineWriter, Recordings } from "#gateway/record/index.ts";
import { ReceivedSecrets } from "#gateway/secrets/index.ts";
import { TrafficServer } from "#gateway/serve/index.ts";
import { SessionBook, type KeyOutcome } from "#gateway/session/index.ts";
import { LAST_POST_MS, SpanExporter, Tracer } from "#gateway/trace/index.ts";
import { PoolSet, TargetBook, dialGuard, parseRanges } from "#gateway/upstream/index.ts";
import { Loader } from "./loader.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "./messages.ts";
import { NonceQuestions } from "./nonce-questions.ts";
import { Questions } from "./questions.ts";

/** The way to the primary: a process channel, or a pair of functions in tests. */
export interface Channel {
  send(message: FromWorker): void;
  onMessage(listener: (message: ToWorker) => void): void;
}

const FLUSH_MS = 1_000;
const SWEEP_MS = 250;

/** Runs a worker over the channel until it has drained. */
export function runWorker(channel: Channel): void {
  let starting: Promise<Worker> | undefined;
  channel.onMessage((message) => {
    if (message.type === "start") starting = startWorker(channel, message.settings);
    // Messages keep their order: each waits for the same promise.
    else void starting?.then((worker) => worker.receive(message));
  });
}

async function startWorker(channel: Channel, settings: WorkerSettings): Promise<Worker> {
  return new Worker(channel, settings, settings.redis && (await connectRedis(settings.redis.url)));
}

class Worker {
  readonly #channel: Channel;
  readonly #settings: WorkerSettings;
  readonly #questions: Questions;
  readonly #limits: LimitBook;
  readonly #sessions: SessionBook;
  readonly #pools: PoolSet;
  readonly #targets: TargetBook;
  readonly #identity: Identities;
  readonly #recorder = new Aggregator();
  readonly #secrets = new ReceivedSecrets();
  readonly #server: TrafficServer;
  readonly #spans: SpanExporter | undefined;
  readonly #lines: LineWriter | undefined;
  readonly #recordingLines: LineWriter | undefined;
  readonly #recordings: Recordings;
  readonly #loader: Loader;
  readonly #redis: Redis | undefined;
  #shared: FallbackAuthority | undefined;
  readonly #timers: NodeJS.Timeout[];
  #listening = false;

  constructor(channel: Channel, settings: WorkerSettings, redis: Redis | undefined) {
    this.#channel = channel;
    this.#settings = settings;
    const log = createLogger("gateway", { level: settings.logLevel });
    this.#questions = new Questions((message) => channel.send(message));
    this.#redis = redis;
    this.#limits = new LimitBook({ clock: systemClock, authority: this.#authority(log) });
    this.#sessions = new SessionBook({
      limits: this.#limits,
      // The primary answers a "key" question with nothing else.
      lookup: (hash) => this.#questions.ask((id) => ({ type: "key", id, hash })) as Promise<KeyOutcome>,
    });
    const guard = { denyPrivate: settings.denyPrivate, allowed: parseRanges(settings.upstreamAllow) };
    this.#pools = new PoolSet({
      ...guard,
      secrets: this.#secrets,
      enter: (api, inbound, from) => this.#server.enter(api, inbound, from),
    });
    this.#targets = new TargetBook({
      clock: systemClock,
      random: Math.random,
      addressOf: (exchange) => this.#identity.clientAddressOf(exchange),
      poolFor: (fact, dial) => this.#pools.poolFor(fact, dial),
      release: (pool) => this.#pools.release(pool),
    });
    this.#lines = settings.accessLog && new LineWriter(settings.accessLog.path, log);
    this.#spans = settings.tracing && new SpanExporter(settings.tracing, settings.holder, log);
    const trustedProxies = parseRanges(settings.trustedProxies);
    this.#server = new TrafficServer({
      recorder: this.#recorderFor(settings.accessLog),
      log,
      trustedProxies,
      reusePort: settings.reusePort,
      secrets: this.#secrets,
      guard,
      tracer: this.#spans && settings.tracing && new Tracer(settings.tracing, this.#spans),
    });
    const outbound = new IssuerClient((host) => dialGuard(host, guard));
    this.#identity = new Identities({
      outbound,
      secrets: this.#secrets,
      clock: systemClock,
      trustedProxies,
      firstUses: this.#firstUses(log),
      onWrongAttempt: (address, nowMs) => channel.send({ type: "wrongAttempt", address, nowMs }),
    });
    this.#recordingLines =
      settings.recordings && new LineWriter(settings.recordings.path, log, "the recordings' place");
    this.#recordings = this.#recordingsFor(settings, log);
    this.#loader = new Loader(
      this.#limits,
      this.#sessions,
      this.#targets,
      this.#identity,
      this.#secrets,
      this.#recordings,
    );
    this.#timers = [setInterval(() => this.#flush(), FLUSH_MS), setInterval(() => this.#limits.sweep(), SWEEP_MS)];
  }

  receive(message: Exclude<ToWorker, { type: "start" }>): void {
    switch (message.type) {
      case "configure":
        return void this.#configure(message);
      case "keys":
        for (const { hash, key } of message.items) this.#sessions.put(hash, key);
        return;
      case "forgetKeys":
        return this.#sessions.clear();
      case "targets":
        for (const { api, facts } of message.findings) this.#targets.learn(api, facts);
        return this.#pools.sweep();
      case "answer":
        return this.#questions.answer(message.id, message.value);
      case "shut":
        return this.#identity.attempts.shut(message.addresses);
      case "ticketKeys":
        return this.#server.useTicketKeys(message.keys);
      case "secrets":
        return this.#secrets.receive(message.values);
      case "reopenLogs":
        void this.#lines?.reopen();
        return void this.#recordingLines?.reopen();
      case "announceDrain":
        return this.#server.announceDrain();
      case "drain":
        return void this.#drain(message.limitMs);
    }
  }

  async #configure(message: Extract<ToWorker, { type: "configure" }>): Promise<void> {
    try {
      const { routes, quarantined } = this.#loader.load(message);
      this.#pools.sweep();
      this.#server.use(routes);
      this.#server.boundClients(message.settings);
      await this.#server.useListeners(message.settings.listeners, message.certificates);
      // Only now: a connection that is taken before anything is loaded could only be refused.
      if (!this.#listening) await this.#listen();
      this.#channel.send({ type: "applied", seq: message.seq, quarantined });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.#channel.send({ type: "failed", code, message: messageOf(error) });
    }
  }

  async #listen(): Promise<void> {
    this.#listening = true;
    const { listen, reusePort } = this.#settings;
    const { port } = await this.#server.listen({ ...listen, reusePort, backlog: 4_096 });
    this.#channel.send({ type: "listening", port });
  }

  /** What is written of each exchange besides analytics costs nothing where nobody asked for it. */
  #recorderFor(settings: WorkerSettings["accessLog"]): Pick<Aggregator, "record"> {
    const [counts, lines] = [this.#recorder, this.#lines];
    if (!settings || !lines) return counts;
    const accessLog = new AccessLog({
      write: (line) => lines.push(line),
      node: hostname(),
      addresses: settings.addresses,
      clientAddressOf: (exchange) => this.#identity.clientAddressOf(exchange),
    });
    return {
      record(exchange, endedAtUs) {
        counts.record(exchange, endedAtUs);
        accessLog.record(exchange, endedAtUs);
      },
    };
  }

  #recordingsFor({ recordings }: WorkerSettings, log: Logger): Recordings {
    return new Recordings({
      lines: this.#recordingLines,
      node: hostname(),
      addresses: recordings?.addresses ?? "none",
      clientAddressOf: (exchange) => this.#identity.clientAddressOf(exchange),
      random: Math.random,
      nowUs: () => performance.now() * 1_000,
      log,
    });
  }

  #authority(log: Logger): Authority {
    const primary = this.#questions.authority();
    const { redis } = this.#settings;
    if (!this.#redis || !redis) return primary;
    const shared = new RedisAuthority(this.#redis, redis.prefix, this.#settings.holder);
    this.#shared = new FallbackAuthority({
      store: shared,
      node: primary,
      clock: systemClock,
      workers: this.#settings.workers,
      onChange(degraded) {
        if (degraded) log.warn("Redis is away: limits are counted by this node alone");
        else log.info("Redis is back: limits are counted there");
      },
    });
    return this.#shared;
  }

  #firstUses(log: Logger): FirstUses {
    const { redis } = this.#settings;
    return new FirstUses({
      node: new NonceQuestions((uses) => this.#questions.askNonces(uses)),
      cluster: this.#redis && redis && new RedisNonces(this.#redis, redis.prefix),
      clock: systemClock,
      onChange(isAway) {
        if (isAway) log.warn("Redis is away: nonces of signatures are compared by this node alone");
        else log.info("Redis is back: nonces of signatures are compared there");
      },
    });
  }

  #flush(): void {
    const recorded = this.#recorder.flush();
    const { inFlight } = this.#server;
    const memoryBytes = process.memoryUsage.rss();
    const upstream = this.#targets.figures();
    // It never rejects: a store that is away is what it finds out.
    void this.#shared?.probe();
    const limits = {
      storeDegraded: this.#shared?.degraded ?? false,
      ...this.#limits.figures(),
      ...this.#identity.figures(),
    };
    this.#channel.send({
      type: "counts",
      ...recorded,
      ...this.#server.figures(),
      droppedLogLines: this.#lines?.takeDropped() ?? 0,
      droppedSpans: this.#spans?.takeDropped() ?? 0,
      recordings: this.#recordings.takeOutcomes(),
      inFlight,
      memoryBytes,
      upstream,
      ...limits,
    });
  }

  async #drain(limitMs: number): Promise<void> {
    const { cutOff } = await this.#server.drain(limitMs);
    for (const timer of this.#timers) clearInterval(timer);
    this.#limits.sweep(Date.now(), true);
    await this.#lines?.flush();
    await this.#recordingLines?.flush();
    await this.#spans?.stop(LAST_POST_MS);
    this.#flush();
    this.#pools.destroy();
    this.#identity.close();
    await this.#redis?.quit().catch(() => {});
    this.#channel.send({ type: "drained", cutOff });
  }
}
