import type { Clock } from "#base/clock.ts";
import type { Upstream } from "#contracts/api/upstream.ts";
import type { Secrets } from "#gateway/secrets/index.ts";
import type { TargetFact } from "../balance/target.ts";
import { askRegistry } from "../discovery/registry.ts";
import type { NameResolver } from "../discovery/name-resolver.ts";
import { resolveName, type Resolved } from "../discovery/resolve-name.ts";
import type { GuardedRequest } from "../guarded-request.ts";

/** Somewhere that targets come from, and what to call it in a log line. */
export interface Source {
  /** Equal for equal questions, over reloads. */
  key: string;
  what: string;
  /** After a failure. One question of one node: it need not grow. */
  retryMs: number;
  /** `known` is its last list: the parts that cannot be asked for now are as they were. */
  ask(known: readonly TargetFact[]): Promise<Resolved>;
}

export interface SourceDeps {
  resolver: NameResolver;
  ask: GuardedRequest;
  secrets: Secrets;
}

const NAME_RETRY_MS = 2_000;

/** Names to resolve and the registry, in the order of their targets. */
export function sourcesOf({ targets, discovery }: Upstream, deps: SourceDeps): Source[] {
  const names = targets
    .filter(({ resolve }) => resolve !== undefined)
    .map((target): Source => ({
      key: JSON.stringify(target),
      what: new URL(target.url).hostname,
      retryMs: NAME_RETRY_MS,
      ask: (known) => resolveName(target, deps.resolver, known),
    }));
  if (discovery === undefined) return names;
  const registry: Source = {
    key: JSON.stringify(discovery),
    what: "consul" in discovery ? discovery.consul.address : discovery.url,
    retryMs: discovery.every,
    ask: async () => ({ facts: await askRegistry(discovery, deps.ask, deps.secrets), freshMs: discovery.every }),
  };
  return [...names, registry];
}

export interface FollowHooks {
  known(): readonly TargetFact[];
  onList(facts: TargetFact[]): void;
  onFailure(error: unknown): void;
  /** All of it could be had. */
  onWhole(): void;
}

/**
 * Asks a source again and again until the signal. An empty list is taken for a failure: a registry that lost its memory
 * must not take an API away, and targets that are really gone are found out by their failures.
 */
export async function followSource(
  source: Source,
  clock: Clock,
  signal: AbortSignal,
  hooks: FollowHooks,
): Promise<void> {
  while (!signal.aborted) {
    let waitMs: number;
    try {
      const { facts, freshMs, doubt } = await source.ask(hooks.known());
      if (signal.aborted) return;
      if (facts.length === 0) throw new Error("the list is empty");
      waitMs = freshMs;
      hooks.onList(facts);
      if (doubt === undefined) hooks.onWhole();
      else hooks.onFailure(new Error(doubt));
    } catch (error) {
      if (signal.aborted) return;
      waitMs = source.retryMs;
      hooks.onFailure(error);
    }
    await clock.sleep(waitMs, signal).catch(() => {
      // Aborted: the loop's own condition ends it.
    });
  }
}
