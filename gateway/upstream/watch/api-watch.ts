import { messageOf } from "#base/errors.ts";
import type { Clock } from "#base/clock.ts";
import { background, type Logger } from "#base/log.ts";
import type { Health } from "#contracts/api/resilience.ts";
import type { Upstream } from "#contracts/api/upstream.ts";
import { dialOf } from "../balance/target-group.ts";
import { nameOfTarget, type TargetFact } from "../balance/target.ts";
import { writtenFacts } from "../balance/written-facts.ts";
import { CheckHistory } from "../health/check-history.ts";
import type { TargetCheck } from "../health/check-target.ts";
import { followSource, sourcesOf, type Source, type SourceDeps } from "./source.ts";

/** Of an API, as of a configuration that writes them down. */
const MAX_TARGETS = 256;

export interface WatchDeps extends SourceDeps {
  check: TargetCheck;
  clock: Clock;
  random: () => number;
  log: Logger;
}

interface Check {
  history: CheckHistory;
  stop: AbortController;
}

/** Finds out what the targets of one API are, and how they are, until it is stopped. */
export class ApiWatch {
  readonly #api: string;
  readonly #upstream: Upstream;
  readonly #deps: WatchDeps;
  readonly #onChange: () => void;
  readonly #sources: Source[];
  readonly #stop = new AbortController();
  /** By the source's key: the last one that could be had. */
  readonly #lists: Map<string, TargetFact[]>;
  readonly #checks = new Map<string, Check>();
  /** What has not been heard of yet. */
  readonly #awaited = new Set<string>();
  readonly #wake: (() => void)[] = [];
  #facts: TargetFact[] = [];
  droppedTargets = 0;
  /** Since they were last read. */
  sourceFailures = 0;

  /** `before` watched the same API: its lists and verdicts go on where the questions are the same. */
  constructor(api: string, upstream: Upstream, deps: WatchDeps, onChange: () => void, before?: ApiWatch) {
    this.#api = api;
    this.#upstream = upstream;
    this.#deps = deps;
    this.#onChange = onChange;
    this.#sources = sourcesOf(upstream, deps);
    const keys = new Set(this.#sources.map(({ key }) => key));
    this.#lists = new Map([...(before?.lists ?? [])].filter(([key]) => keys.has(key)));
    for (const { key } of this.#sources) if (!this.#lists.has(key)) this.#awaited.add(key);
    this.#gather(before && isSameCheck(before.upstream, upstream) ? before : undefined);
    before?.stop();
    for (const source of this.#sources) this.#follow(source);
  }

  get lists(): ReadonlyMap<string, TargetFact[]> {
    return this.#lists;
  }

  get upstream(): Upstream {
    return this.#upstream;
  }

  /** As they are known now. */
  get facts(): readonly TargetFact[] {
    return this.#facts;
  }

  historyOf(name: string): CheckHistory | undefined {
    return this.#checks.get(name)?.history;
  }

  /** Each source was heard of, and each target was checked, once. */
  async settled(): Promise<void> {
    while (this.#awaited.size > 0) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  stop(): void {
    this.#stop.abort();
    for (const { stop } of this.#checks.values()) stop.abort();
    for (const name of this.#awaited) this.#heard(name);
  }

  #follow(source: Source): void {
    const { clock, log } = this.#deps;
    let isFailing = false;
    const about = { api: this.#api, source: source.what };
    const task = followSource(source, clock, this.#stop.signal, {
      known: () => this.#lists.get(source.key) ?? [],
      onWhole: () => {
        if (isFailing) log.info(about, "targets are known again");
        isFailing = false;
      },
      onList: (facts) => {
        this.#lists.set(source.key, facts);
        this.#gather();
        this.#heard(source.key);
      },
      onFailure: (error) => {
        this.sourceFailures += 1;
        // Once, not at each try: what matters is that it began and that it ended.
        if (!isFailing)
          log.warn({ ...about, reason: messageOf(error) }, "targets cannot be asked for; what was known of them stays");
        isFailing = true;
        this.#heard(source.key);
      },
    });
    background(task, log, "following targets");
  }

  /** Puts together what is written and what was found, and checks the one and the other. */
  #gather(before?: ApiWatch): void {
    const found = this.#sources.flatMap(({ key }) => this.#lists.get(key) ?? []);
    const all = new Map([...writtenFacts(this.#upstream), ...found].map((fact) => [nameOfTarget(fact), fact]));
    this.droppedTargets = Math.max(0, all.size - MAX_TARGETS);
    const kept = new Map([...all].slice(0, MAX_TARGETS));
    for (const [name, { stop }] of this.#checks)
      if (!kept.has(name)) {
        stop.abort();
        this.#checks.delete(name);
        this.#heard(name);
      }
    const { health } = this.#upstream;
    if (health !== undefined)
      for (const [name, fact] of kept)
        if (!this.#checks.has(name)) this.#check(name, fact, health, before?.historyOf(name));
    this.#tell([...kept.values()]);
  }

  #tell(facts: readonly TargetFact[]): void {
    const now = facts.map((fact) => ({ ...fact, healthy: this.historyOf(nameOfTarget(fact))?.healthy ?? true }));
    if (JSON.stringify(now) === JSON.stringify(this.#facts)) return;
    this.#facts = now;
    this.#onChange();
  }

  #check(name: string, fact: TargetFact, health: Health, known: CheckHistory | undefined): void {
    const stop = new AbortController();
    const history = known ?? new CheckHistory(health);
    this.#checks.set(name, { history, stop });
    if (!known) this.#awaited.add(name);
    background(this.#checkOn(name, fact, health, history, stop.signal), this.#deps.log, "checking a target");
  }

  async #checkOn(
    name: string,
    fact: TargetFact,
    health: Health,
    history: CheckHistory,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, random, check, log } = this.#deps;
    while (!signal.aborted) {
      const failure = await check(fact, health, dialOf(this.#upstream));
      if (signal.aborted) return;
      if (history.add(failure === undefined)) {
        const about = { api: this.#api, target: name, reason: failure };
        if (history.healthy) log.info(about, "a target passes its checks again");
        else log.warn(about, "a target fails its checks and takes no more requests");
        this.#tell(this.#facts);
      }
      this.#heard(name);
      // A tenth to either side, so that the checks of many targets do not go on in step.
      await clock.sleep(health.interval * (0.9 + 0.2 * random()), signal).catch(() => {
        // Aborted: the loop's own condition ends it.
      });
    }
  }

  #heard(name: string): void {
    this.#awaited.delete(name);
    for (const wake of this.#wake.splice(0)) wake();
  }
}

function isSameCheck(a: Upstream, b: Upstream): boolean {
  return JSON.stringify([a.health, dialOf(a)]) === JSON.stringify([b.health, dialOf(b)]);
}
