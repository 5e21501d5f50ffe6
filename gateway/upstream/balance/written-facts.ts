import type { Upstream } from "#contracts/api/upstream.ts";
import type { TargetFact } from "./target.ts";

/** Whether the primary finds out about an upstream's targets: what names stand for, or how they are. */
export function isWatched({ targets, discovery, health }: Upstream): boolean {
  return discovery !== undefined || health !== undefined || targets.some(({ resolve }) => resolve !== undefined);
}

/** The targets that are written down as they are; a name that has to be resolved is none yet. */
export function writtenFacts({ targets }: Upstream): TargetFact[] {
  return targets
    .filter(({ resolve }) => resolve === undefined)
    .map(({ url, weight }) => ({ url, weight, priority: 0, healthy: true }));
}
