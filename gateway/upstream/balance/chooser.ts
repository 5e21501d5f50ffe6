import type { Balancing } from "#contracts/api/resilience.ts";
import type { Exchange } from "#gateway/pipeline/exchange.ts";
import { hashKeyReader, type AddressOf } from "./hash-key.ts";
import { hashedChooser } from "./hashed.ts";
import { leastLoadedChooser } from "./least-loaded.ts";
import { roundRobinChooser } from "./round-robin.ts";
import type { Target } from "./target.ts";

/** A way to choose among the targets that are in service. Laid out anew when they change, not per request. */
export interface Chooser {
  readonly targets: readonly Target[];
  /** `undefined` where there is no target. */
  first(exchange: Exchange): Target | undefined;
  /** The best that is not refused, when the first was tried already or may not be used. */
  other(exchange: Exchange, isRefused: (target: Target) => boolean): Target | undefined;
}

export interface ChooserDeps {
  random: () => number;
  addressOf: AddressOf;
}

export function chooserFor(balancing: Balancing, targets: readonly Target[], deps: ChooserDeps): Chooser {
  const { random, addressOf } = deps;
  const turns = roundRobinChooser(targets, random);
  if (targets.length <= 1 || balancing === "round-robin") return turns;
  return balancing === "least-loaded"
    ? leastLoadedChooser(targets, random)
    : hashedChooser(targets, hashKeyReader(balancing.hash, addressOf), turns);
}
