import { get } from "node:http";
import { mkdir } from "node:fs/promises";
import { backoffMs } from "#base/backoff.ts";
import { messageOf } from "#base/errors.ts";
import { endChild, spawnLeashed, type LeashedChild } from "#base/leash.ts";
import type { ReplicaStatus, ServiceSpec } from "./api.ts";
import { RegionError } from "./errors.ts";
import type { LogFile } from "./log-file.ts";

export interface ReplicaPlan {
  service: string;
  slot: number;
  spec: ServiceSpec;
  ports: Record<string, number>;
  /** The replica's own folder; the process that follows in this slot finds it again. */
  folder: string;
  log: LogFile;
}

const PROBE_WHILE_STARTING_MS = 50;
const PROBE_WHILE_READY_MS = 1_000;
const PROBE_TIMEOUT_MS = 2_000;
/** So many deaths before it was ready once: the program cannot start, more tries would only hide it. */
const DEATHS_BEFORE_FIRST_READY = 3;
/** The balancer has forgotten a replica for this long before the replica is told: a connection under way still lands. */
const DEREGISTER_MS = 150;
const LIVED_LONG_MS = 30_000;

/** One copy of a service: keeps one process running, knows whether it is ready, restarts it with back-off. */
export class Replica {
  readonly plan: ReplicaPlan;
  state: ReplicaStatus["state"] = "starting";
  restarts = 0;
  lastProblem: string | null = null;
  #child: LeashedChild | undefined;
  #timers = new Set<NodeJS.Timeout>();
  #attempt = 0;
  #everReady = false;
  #deaths = 0;

  constructor(plan: ReplicaPlan) {
    this.plan = plan;
    void this.#spawn();
  }

  status(): ReplicaStatus {
    const { slot, ports } = this.plan;
    const { state, restarts, lastProblem } = this;
    return { slot, state, pid: this.#child?.pid ?? null, ports, restarts, lastProblem };
  }

  /** Running, though perhaps not ready. */
  get running(): boolean {
    return this.#child !== undefined && this.state !== "stopping";
  }

  /** Resolves at the first time it is ready; rejects with the last lines of its log when it will not be. */
  async ready(): Promise<void> {
    const deadline = Date.now() + this.plan.spec.health.startTimeoutMs;
    while (this.state !== "ready") {
      if (this.state === "stopping")
        throw new RegionError("never_healthy", `${this.#name} was stopped before it was ready.`);
      if (this.#deaths >= DEATHS_BEFORE_FIRST_READY)
        throw await this.#neverHealthy(`ended ${this.#deaths} times while starting`);
      if (Date.now() > deadline)
        throw await this.#neverHealthy(`was not ready after ${this.plan.spec.health.startTimeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Leaves: no new connections first, then SIGTERM, then, past `drainMs`, SIGKILL. */
  async stop(options: { deregister: boolean }): Promise<void> {
    this.state = "stopping";
    for (const timer of this.#timers) clearTimeout(timer);
    if (options.deregister && this.#child) await new Promise((resolve) => setTimeout(resolve, DEREGISTER_MS));
    if (this.#child) await endChild(this.#child, this.plan.spec.drainMs);
  }

  get #name(): string {
    return `${this.plan.service}, replica ${this.plan.slot},`;
  }

  async #neverHealthy(what: string): Promise<RegionError> {
    const lines = (await this.plan.log.tail(8)).join("\n");
    const why = this.lastProblem ? ` (${this.lastProblem})` : "";
    return new RegionError("never_healthy", `${this.#name} ${what}${why}.${lines ? ` Its last lines:\n${lines}` : ""}`);
  }

  async #spawn(): Promise<void> {
    if (this.state === "stopping") return;
    this.state = "starting";
    try {
      await mkdir(this.plan.folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      return this.#died(messageOf(error), 0);
    }
    const startedAt = Date.now();
    const { spec } = this.plan;
    const args = spec.args.map((arg) => this.#filled(arg));
    const env = Object.fromEntries(Object.entries(spec.env).map(([name, value]) => [name, this.#filled(value)]));
    const child = spawnLeashed(spec.command, args, {
      cwd: this.plan.folder,
      env,
      graceSeconds: Math.ceil(spec.drainMs / 1000),
    });
    this.#child = child;
    this.plan.log.follow(child.stdout);
    this.plan.log.follow(child.stderr);
    child.once("error", (error) => this.#died(messageOf(error), startedAt));
    child.once("exit", (code, signal) =>
      this.#died(signal ? `ended by ${signal}` : `ended with status ${code}`, startedAt),
    );
    this.#probeSoon(child, PROBE_WHILE_STARTING_MS);
  }

  #died(problem: string, startedAt: number): void {
    this.#child = undefined;
    if (this.state === "stopping") return;
    this.lastProblem = problem;
    this.state = "waiting";
    if (!this.#everReady) this.#deaths += 1;
    if (Date.now() - startedAt > LIVED_LONG_MS) this.#attempt = 0;
    this.#later(100 + backoffMs(this.#attempt++, { baseMs: 200, maxMs: 10_000 }), () => {
      this.restarts += 1;
      void this.#spawn();
    });
  }

  #probeSoon(child: LeashedChild, delayMs: number): void {
    this.#later(delayMs, () => {
      void this.#probe().then((healthy) => {
        if (child !== this.#child || this.state === "stopping") return;
        if (healthy) this.#everReady = true;
        this.state = healthy ? "ready" : this.#everReady ? "unready" : "starting";
        this.#probeSoon(child, healthy ? PROBE_WHILE_READY_MS : PROBE_WHILE_STARTING_MS * (this.#everReady ? 4 : 1));
      });
    });
  }

  #probe(): Promise<boolean> {
    const { port, path } = this.plan.spec.health;
    return new Promise((resolve) => {
      const request = get({
        host: "127.0.0.1",
        port: this.plan.ports[port],
        path,
        timeout: PROBE_TIMEOUT_MS,
        agent: false,
      });
      request.once("response", (response) => {
        response.resume();
        resolve(response.statusCode !== undefined && response.statusCode >= 200 && response.statusCode < 300);
      });
      request.once("timeout", () => request.destroy());
      request.once("error", () => resolve(false));
      request.once("close", () => resolve(false));
    });
  }

  #filled(text: string): string {
    return text.replace(/\{\{(?:port\.([a-z0-9-]+)|(data)|(slot))\}\}/g, (whole, port?: string, data?: string) => {
      if (port !== undefined) return String(this.plan.ports[port] ?? whole);
      return data === undefined ? String(this.plan.slot) : this.plan.folder;
    });
  }

  #later(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }
}
