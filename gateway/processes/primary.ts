import { hostname } from "node:os";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { background, type Logger } from "#base/log.ts";
import { GatewayMetrics, UpstreamMetrics, certificateDays, startAdmin } from "#gateway/admin/index.ts";
import type { Applied, Configuration, ConfiguredNode, Source } from "#gateway/config/index.ts";
import { AttemptBook, NonceBook } from "#gateway/identity/index.ts";
import { LocalAuthority, loadQuotas, saveQuotas } from "#gateway/limit/index.ts";
import type { GatewayOptions } from "#gateway/options.ts";
import type { SecretStore } from "#gateway/secrets/index.ts";
import {
  PoolSet,
  TargetWatch,
  guardedRequest,
  nameResolver,
  parseRanges,
  targetChecks,
} from "#gateway/upstream/index.ts";
import { LAST_POST_MS, MetricsPusher } from "#gateway/trace/index.ts";
import { UsageError } from "#gateway/usage-error.ts";
import { GATEWAY_VERSION } from "#gateway/version.ts";
import { Applier } from "./applier.ts";
import { asksForRecordings } from "./asks-for-recordings.ts";
import type { WorkerSettings } from "./messages.ts";
import { RevocationWatch, type ListDays } from "./revocation-watch.ts";
import { TicketKeys } from "./ticket-keys.ts";
import { claimPort, sentenceFor } from "./traffic-port.ts";
import { WorkerPool, type WorkerCounts } from "./worker-pool.ts";

export interface RunningGateway {
  /** `http://127.0.0.1:9090` */
  adminUrl: string;
  /** Where traffic is taken: `127.0.0.1:8080`. */
  listen: string;
  reload(): Promise<unknown>;
  /** Files that are written to are opened anew, for those who rotate them. */
  reopenLogs(): void;
  /** Drains, hands over what waits, and resolves when all of it has ended. */
  stop(): Promise<void>;
}

/** Nonces of signatures that the node remembers, at about 200 bytes each. */
const NONCE_CAPACITY = 100_000;
const QUOTAS_EVERY_MS = 1_000;
const CERTIFICATES_EVERY_MS = 60_000;

/** The primary of a node: admin address, source, workers. Rejects with `UsageError` where the start itself is wrong. */
export async function startPrimary(
  options: GatewayOptions,
  source: Source,
  log: Logger,
  onFatal: (message: string) => void,
  secrets: SecretStore,
): Promise<RunningGateway> {
  const primary = new Primary(options, source, log, onFatal, secrets);
  await primary.start();
  return primary;
}

class Primary implements RunningGateway {
  readonly #options: GatewayOptions;
  readonly #source: Source;
  readonly #log: Logger;
  readonly #onFatal: (message: string) => void;
  readonly #metrics = new GatewayMetrics();
  readonly #upstreamMetrics = new UpstreamMetrics(this.#metrics.registry);
  readonly #authority: LocalAuthority;
  readonly #nonces = new NonceBook(NONCE_CAPACITY);
  readonly #attempts = new AttemptBook();
  readonly #ticketKeys = new TicketKeys(Date.now());
  readonly #watch: TargetWatch;
  readonly #secrets: SecretStore;
  readonly #startedAt = new Date();
  #savedQuotaChanges = 0;
  /** APIs whose recordings have no place here. */
  #unrecorded: ReadonlySet<string> = new Set();
  #certificates: readonly { certificate: string; daysLeft: number }[] = [];
  readonly #revocations: RevocationWatch;
  #revocationLists: readonly ListDays[] = [];
  #certificatesAtMs = 0;
  #pusher: MetricsPusher | undefined;
  #admin: Awaited<ReturnType<typeof startAdmin>> | undefined;
  #pool: WorkerPool | undefined;
  #applier: Applier | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;
  listen = "";

  constructor(
    options: GatewayOptions,
    source: Source,
    log: Logger,
    onFatal: (message: string) => void,
    secrets: SecretStore,
  ) {
    this.#options = options;
    this.#source = source;
    this.#log = log;
    this.#onFatal = onFatal;
    this.#secrets = secrets;
    this.#watch = watchFor(options, log, secrets);
    this.#revocations = new RevocationWatch(secrets, log);
    this.#authority = new LocalAuthority({
      clock: systemClock,
      holders: () => options.workers,
      quotas: loadQuotas(this.#quotaFile),
      nodes: () => this.#nodes,
    });
  }

  get adminUrl(): string {
    return this.#admin?.url ?? "";
  }

  async start(): Promise<void> {
    const { listen, workers } = this.#options;
    const port = await claimPort(listen, "--listen");
    this.listen = `${listen.host}:${port}`;
    this.#admin = await this.#startAdmin();
    const { redisPrefix } = await this.#source.open();
    if (this.#stopping) return;
    this.#pool = this.#startPool(port, redisPrefix);
    this.#watch.onFindings = (findings) => this.#pool!.pushFindings(findings);
    this.#applier = new Applier(this.#pool, this.#watch, this.#secrets);
    this.#timer = setInterval(() => this.#tick(), QUOTAS_EVERY_MS);
    this.#secrets.onChange = () => this.#secretsChanged();
    this.#secrets.start();
    this.#pusher = this.#startPusher();
    await this.#source.start(this.#node());
    this.#log.info({ listen: this.listen, admin: this.adminUrl, workers }, "gateway is up");
  }

  async reload(): Promise<unknown> {
    try {
      return await this.#source.reload();
    } catch (error) {
      this.#metrics.refused();
      throw error;
    }
  }

  reopenLogs(): void {
    this.#pool?.reopenLogs();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#pool?.drain(this.#options.drainGraceMs, this.#options.drainMs);
    clearInterval(this.#timer);
    this.#watch.stop();
    this.#secrets.stop();
    await this.#pusher?.stop(LAST_POST_MS);
    await this.#source.stop();
    this.#saveQuotas();
    this.#admin?.server.close();
    this.#admin?.server.closeAllConnections();
  }

  async #startAdmin() {
    const { admin, adminToken } = this.#options;
    try {
      return await startAdmin(admin, {
        token: adminToken,
        registry: this.#metrics.registry,
        notReady: () => this.#notReady(),
        status: () => this.#status(),
        apis: () => this.#applier?.apis ?? [],
        reload: () => this.reload(),
        management: () => this.#source.management,
        log: this.#log,
      });
    } catch (error) {
      throw new UsageError(sentenceFor(error as NodeJS.ErrnoException, "--admin", admin.host, admin.port));
    }
  }

  #startPool(port: number, redisPrefix: string): WorkerPool {
    const {
      workers,
      listen,
      redis,
      logLevel,
      tracing,
      accessLog,
      recordings,
      trustedProxies,
      denyPrivate,
      upstreamAllow,
    } = this.#options;
    return new WorkerPool({
      count: workers,
      authority: this.#authority,
      nonces: this.#nonces,
      attempts: this.#attempts,
      ticketKeys: () => this.#ticketKeys.current,
      log: this.#log,
      settingsFor: (index): WorkerSettings => ({
        listen: { host: listen.host, port },
        reusePort: process.platform === "linux",
        redis: redis ? { url: redis, prefix: redisPrefix } : undefined,
        holder: `${hostname()}.${process.pid}.${index}.${this.#startedAt.getTime()}`,
        workers,
        logLevel,
        tracing,
        accessLog,
        recordings,
        trustedProxies,
        denyPrivate,
        upstreamAllow,
      }),
      resolveKey: (hash) => this.#source.resolveKey(hash),
      findings: () => this.#watch.findings(),
      secrets: () => this.#secrets.values(),
      onCounts: (worker, counts) => this.#count(worker, counts),
      onFatal: ({ code, message }) =>
        this.#onFatal(code ? sentenceFor({ code, message, name: "Error" }, "--listen", listen.host, port) : message),
    });
  }

  #node(): ConfiguredNode {
    return {
      apply: (configuration) => this.#apply(configuration),
      refused: () => this.#metrics.refused(),
      stands: () => this.#metrics.stands(),
      pushKeys: (items) => this.#pool!.pushKeys(items),
      current: () => this.#applier!.current,
      figures: () => ({
        listen: this.#options.listenPublic ?? this.listen,
        workers: this.#options.workers,
        connections: this.#metrics.connections,
        memoryBytes: this.#metrics.sum("memoryBytes") + process.memoryUsage.rss(),
      }),
    };
  }

  async #apply(configuration: Configuration): Promise<Applied> {
    const applied = await this.#applier!.apply(configuration);
    this.#metrics.applied(new Set(this.#applier!.apis.map(({ id }) => id)));
    this.#readCertificates();
    this.#tellOfRecordings();
    return applied;
  }

  /** Told when it begins, and not at each change of an API. */
  #tellOfRecordings(): void {
    const asking = this.#options.recordings ? [] : this.#applier!.apis.filter(asksForRecordings).map(({ id }) => id);
    const isNew = asking.some((id) => !this.#unrecorded.has(id));
    this.#unrecorded = new Set(asking);
    if (isNew)
      this.#log.warn(
        { apis: asking.slice(0, 20), count: asking.length },
        "APIs ask for recordings, and this node has no place for them: CAUSEWAY_RECORDINGS is off",
      );
  }

  /** Undefined where nobody asked for it. */
  #startPusher(): MetricsPusher | undefined {
    const { tracing, pushMetricsEveryMs: everyMs } = this.#options;
    if (!tracing || everyMs === undefined) return undefined;
    const { endpoint, headers, serviceName } = tracing;
    return new MetricsPusher({
      collector: { endpoint, headers },
      everyMs,
      resource: {
        "service.name": serviceName,
        "service.version": GATEWAY_VERSION,
        "service.instance.id": `${hostname()}.${process.pid}`,
      },
      report: () => this.#metrics.report(),
      log: this.#log,
    });
  }

  #secretsChanged(): void {
    this.#pool!.pushSecrets();
    this.#log.info("a secret changed and is used from now on");
    background(this.#source.secretsChanged?.() ?? Promise.resolve(), this.#log, "a changed secret");
  }

  #readCertificates(): void {
    this.#certificates = certificateDays(this.#applier!.certificates, this.#secrets, Date.now());
    this.#revocationLists = this.#revocations.look(this.#applier!.apis, Date.now());
    this.#certificatesAtMs = Date.now();
  }

  #notReady(): string | null {
    if (this.#stopping) return "draining";
    if (!this.#applier?.current) return "no configuration is applied yet";
    return this.#pool!.alive === 0 ? "no worker is alive" : null;
  }

  #status() {
    return {
      version: GATEWAY_VERSION,
      startedAt: this.#startedAt.toISOString(),
      listen: this.listen,
      ready: this.#notReady() === null,
      workers: { wanted: this.#options.workers, alive: this.#pool?.alive ?? 0, restarts: this.#pool?.restarts ?? 0 },
      applied: this.#applier?.current ?? null,
      limits: {
        store: this.#options.redis ? "redis" : "node",
        degraded: this.#metrics.storeDegraded,
        nodes: this.#nodes,
      },
      ...this.#source.status(),
    };
  }

  /** Nodes that share each limit where there is no store: as the link counts them, else as somebody wrote. */
  get #nodes(): number {
    return this.#source.liveNodes?.() ?? this.#options.nodes ?? this.#applier?.settings?.nodes ?? 1;
  }

  #count(worker: number, counts: WorkerCounts): void {
    this.#metrics.add(worker, counts);
    this.#upstreamMetrics.add(worker, counts.upstream);
    this.#source.record(counts.entries, counts.droppedRecords);
  }

  #tick(): void {
    const applied = this.#applier?.current;
    if (applied && Date.now() - this.#certificatesAtMs > CERTIFICATES_EVERY_MS) this.#readCertificates();
    if (this.#ticketKeys.renew(Date.now())) this.#pool?.pushTicketKeys();
    this.#metrics.set({
      revision: applied?.revision ?? 0,
      workers: this.#pool?.alive ?? 0,
      restarts: this.#pool?.restarts ?? 0,
      droppedCounts: this.#authority.dropped,
      forgottenNonces: this.#nonces.forgotten,
      apis: {
        loaded: applied?.apis ?? 0,
        quarantined: applied?.quarantined.length ?? 0,
        otherShards: applied?.otherShards.length ?? 0,
      },
      certificates: this.#certificates,
      revocationLists: this.#revocationLists,
      failingSecrets: this.#secrets.failing,
    });
    this.#upstreamMetrics.setWatched(this.#watch.figures());
    this.#authority.sweep();
    this.#saveQuotas();
  }

  get #quotaFile(): string {
    return join(this.#options.dataDir, "quotas.json");
  }

  #saveQuotas(): void {
    const { quotaChanges } = this.#authority;
    if (quotaChanges === this.#savedQuotaChanges) return;
    try {
      saveQuotas(this.#quotaFile, this.#authority.quotas());
      this.#savedQuotaChanges = quotaChanges;
    } catch (error) {
      // Serving goes on; the next second tries again.
      this.#log.error({ err: error }, "quotas cannot be kept on disk; a restart would start them anew");
    }
  }
}

function watchFor(
  { dnsServers, denyPrivate, upstreamAllow }: GatewayOptions,
  log: Logger,
  secrets: SecretStore,
): TargetWatch {
  const guard = { denyPrivate, allowed: parseRanges(upstreamAllow) };
  const ask = guardedRequest(guard);
  const check = targetChecks(new PoolSet({ ...guard, secrets }));
  return new TargetWatch({
    clock: systemClock,
    random: Math.random,
    resolver: nameResolver(dnsServers),
    ask,
    check,
    secrets,
    log,
  });
}
