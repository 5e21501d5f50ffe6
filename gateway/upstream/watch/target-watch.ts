import type { ResolvedApi } from "#contracts/api/resolved.ts";
import { upstreamsOf } from "../balance/chapters.ts";
import { dialOf } from "../balance/target-group.ts";
import { nameOfTarget, type TargetFact } from "../balance/target.ts";
import { isWatched } from "../balance/written-facts.ts";
import { ApiWatch, type WatchDeps } from "./api-watch.ts";

/** What a node found out about an API's targets. */
export interface Findings {
  api: string;
  facts: readonly TargetFact[];
}

export interface WatchFigures {
  api: string;
  targets: { target: string; healthy: boolean }[];
  /** Since the last time. */
  sourceFailures: number;
  /** Past the bound of an API. */
  droppedTargets: number;
}

/** So long a configuration waits for what it names to answer; then it is served with what is known. */
const PATIENCE_MS = 2_000;

/** Discovery and active checks of a node, in its primary: once a node and not once a worker. */
export class TargetWatch {
  readonly #deps: WatchDeps;
  readonly #watches = new Map<string, ApiWatch>();
  /** Told of every change. */
  onFindings: (findings: Findings) => void = () => {};

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  /** Watches the targets of these APIs and of no others. Resolves when what is new has answered once, or at last patience. */
  async use(apis: readonly ResolvedApi[]): Promise<void> {
    const wanted = new Map(apis.flatMap(upstreamsToWatch).map(({ id, upstream }) => [id, upstream]));
    for (const [id, watch] of this.#watches)
      if (!wanted.has(id)) {
        watch.stop();
        this.#watches.delete(id);
      }
    const fresh: ApiWatch[] = [];
    for (const [id, upstream] of wanted) {
      const before = this.#watches.get(id);
      if (before && isSameQuestion(before.upstream, upstream)) continue;
      const watch: ApiWatch = new ApiWatch(id, upstream, this.#deps, () => this.#tell(id), before);
      this.#watches.set(id, watch);
      this.#tell(id);
      fresh.push(watch);
    }
    if (fresh.length > 0) await this.#withPatience(Promise.all(fresh.map((watch) => watch.settled())));
  }

  /** Everything that is known, for a worker that starts. */
  findings(): Findings[] {
    return [...this.#watches].map(([api, { facts }]) => ({ api, facts }));
  }

  /** Reads and resets. */
  figures(): WatchFigures[] {
    return [...this.#watches].map(([api, watch]) => {
      const { facts, sourceFailures, droppedTargets } = watch;
      watch.sourceFailures = 0;
      const targets = facts.map((fact) => ({ target: nameOfTarget(fact), healthy: fact.healthy }));
      return { api, targets, sourceFailures, droppedTargets };
    });
  }

  stop(): void {
    for (const watch of this.#watches.values()) watch.stop();
    this.#watches.clear();
  }

  #tell(api: string): void {
    // A change within the constructor comes before the watch is in the map; `use` tells of it then.
    const watch = this.#watches.get(api);
    if (watch) this.onFindings({ api, facts: watch.facts });
  }

  async #withPatience(task: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    const patience = this.#deps.clock.sleep(PATIENCE_MS, over.signal).catch(() => {
      // The task was faster.
    });
    await Promise.race([task, patience]);
    over.abort(new Error("answered"));
  }
}

function upstreamsToWatch(api: ResolvedApi): { id: string; upstream: ResolvedApi["upstream"] }[] {
  if (api.state !== "active") return [];
  return upstreamsOf(api).filter(({ upstream }) => isWatched(upstream));
}

function isSameQuestion(a: ResolvedApi["upstream"], b: ResolvedApi["upstream"]): boolean {
  const question = (upstream: ResolvedApi["upstream"]) => {
    const { targets, discovery, health } = upstream;
    return JSON.stringify([targets, discovery, health, health && dialOf(upstream)]);
  };
  return a === b || question(a) === question(b);
}
