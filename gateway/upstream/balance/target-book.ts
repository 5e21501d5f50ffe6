import type { Breaker as BreakerSettings, Retry } from "#contracts/api/resilience.ts";
import type { ResolvedApi, ResolvedOperation } from "#contracts/api/resolved.ts";
import { versionsOf, type ApiVersion } from "#contracts/api/versions-of.ts";
import type { Clock } from "#base/clock.ts";
import { RetryBudget } from "../retry-budget.ts";
import { RetryRule } from "../retry-rule.ts";
import { Balancer } from "./balancer.ts";
import { chapterOf, hasOwnTargets } from "./chapters.ts";
import type { UpstreamFigures } from "./figures.ts";
import { takeFigures } from "./take-figures.ts";
import type { TargetFact } from "./target.ts";
import { TargetGroup, type GroupDeps } from "./target-group.ts";
import { isWatched, writtenFacts } from "./written-facts.ts";

export interface TargetBookOptions extends GroupDeps {
  clock: Clock;
}

/** What is kept of one API: its targets, and how each of its operations that differ chooses among them. */
export interface Chapter {
  group: TargetGroup;
  balancers: Map<string, { text: string; balancer: Balancer; budget: RetryBudget }>;
}

/** A worker's targets, by API. What did not change over a reload keeps what is known of it. */
export class TargetBook {
  readonly #options: TargetBookOptions;
  readonly #chapters = new Map<string, Chapter>();
  /** What the primary found out about the targets of APIs that are watched. */
  readonly #learned = new Map<string, readonly TargetFact[]>();
  readonly #upstreams = new Map<string, ResolvedApi["upstream"]>();

  constructor(options: TargetBookOptions) {
    this.#options = options;
  }

  /** For one operation, or for the rest of the API. Asked for the API first, once a configuration. */
  balancerFor(api: ResolvedApi, operation: ResolvedOperation | undefined, version?: ApiVersion): Balancer {
    const id = chapterOf(api.id, version);
    // A version without targets of its own has its API's, and those were laid out before it.
    const shares = version !== undefined && !hasOwnTargets(version);
    const chapter = operation || shares ? this.#chapterOf(id, api.upstream) : this.#open(id, api);
    const { retry: ownRetry, breaker: ownBreaker } = operation ?? {};
    const breaker = ownBreaker ?? api.upstream.breaker;
    // Without a breaker and a retry of its own an operation is judged as the rest of its API is.
    if ((operation || shares) && !breaker && !ownRetry) return chapter.balancers.get("")!.balancer;
    const name = nameIn(shares ? version : undefined, operation);
    return this.#balancer(chapter, name, ownRetry ?? api.upstream.retry, breaker, Boolean(ownRetry));
  }

  /** Facts of one API, from the primary. */
  learn(api: string, facts: readonly TargetFact[]): void {
    this.#learned.set(api, facts);
    const upstream = this.#upstreams.get(api);
    const chapter = this.#chapters.get(api);
    if (!upstream || !chapter || !isWatched(upstream)) return;
    chapter.group.use(upstream, facts, this.#options.clock.now());
    for (const { balancer } of chapter.balancers.values()) balancer.forgetGone();
  }

  /** Lets go of every other API. */
  retain(ids: ReadonlySet<string>): void {
    for (const [id, { group }] of this.#chapters) {
      if (ids.has(id)) continue;
      group.close();
      this.#chapters.delete(id);
      this.#upstreams.delete(id);
    }
    for (const id of this.#learned.keys()) if (!ids.has(id)) this.#learned.delete(id);
  }

  /** What happened since the last call, and what is out of service now. */
  figures(): UpstreamFigures {
    return takeFigures(this.#chapters, this.#options.clock.now());
  }

  #open(id: string, api: ResolvedApi): Chapter {
    const { upstream } = api;
    const chapter = this.#chapterOf(id, upstream);
    const facts = (isWatched(upstream) ? this.#learned.get(id) : undefined) ?? writtenFacts(upstream);
    chapter.group.use(upstream, facts, this.#options.clock.now());
    this.#upstreams.set(id, upstream);
    // Operations that the API has no more; those that stay are asked for in a moment and differ by their text.
    const kept = new Set(namesIn(id, api));
    for (const [name, { balancer }] of chapter.balancers)
      if (kept.has(name)) balancer.forgetGone();
      else chapter.balancers.delete(name);
    return chapter;
  }

  #chapterOf(id: string, upstream: ResolvedApi["upstream"]): Chapter {
    const known = this.#chapters.get(id);
    if (known) return known;
    const chapter: Chapter = { group: new TargetGroup(upstream, this.#options), balancers: new Map() };
    this.#chapters.set(id, chapter);
    return chapter;
  }

  #balancer(
    { group, balancers }: Chapter,
    name: string,
    retry: Retry,
    breaker: BreakerSettings | undefined,
    hasOwnBudget: boolean,
  ): Balancer {
    const text = JSON.stringify([retry, breaker, hasOwnBudget]);
    const known = balancers.get(name);
    if (known?.text === text) return known.balancer;
    // One budget an API; the API's own plan is made before those of its operations.
    const shared = name !== "" && !hasOwnBudget ? balancers.get("")?.budget : undefined;
    const budget = shared ?? (known?.budget.fits(retry.budget) ? known.budget : new RetryBudget(retry.budget));
    const rule = new RetryRule(retry, budget);
    const balancer = new Balancer(group, rule, breaker, () => this.#options.clock.now());
    balancers.set(name, { text, balancer, budget });
    return balancer;
  }
}

/** Of a balancer within its chapter: one for the rest of the API, and one for each operation that differs. */
function nameIn(version: ApiVersion | undefined, operation: ResolvedOperation | undefined): string {
  const inVersion = version === undefined ? "" : `@${version.name}:`;
  return `${inVersion}${operation?.id ?? ""}`;
}

/** Every name that a chapter may have now. */
function namesIn(id: string, api: ResolvedApi): string[] {
  const own = [undefined, ...api.operations].map((operation) => nameIn(undefined, operation));
  if (id !== api.id) return own;
  const sharing = versionsOf(api).filter((version) => !hasOwnTargets(version));
  return [
    ...own,
    ...sharing.flatMap((version) =>
      [undefined, ...version.definition.operations].map((operation) => nameIn(version, operation)),
    ),
  ];
}
