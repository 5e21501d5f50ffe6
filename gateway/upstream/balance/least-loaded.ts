import type { Chooser } from "./chooser.ts";
import type { Target } from "./target.ts";

/**
 * The power of two choices (Mitzenmacher, 2001): of two targets drawn at random, the one with less to do for its weight. The
 * least loaded of all would be every worker's choice at the same moment.
 */
export function leastLoadedChooser(targets: readonly Target[], random: () => number): Chooser {
  return {
    targets,
    first() {
      const { length } = targets;
      const one = Math.floor(random() * length);
      // Of the others: the same target twice would be no choice.
      const two = (one + 1 + Math.floor(random() * (length - 1))) % length;
      return lighter(targets[one]!, targets[two]!);
    },
    other(_exchange, isRefused) {
      let best: Target | undefined;
      for (const target of targets) if (!isRefused(target)) best = best === undefined ? target : lighter(best, target);
      return best;
    },
  };
}

/** With the request that is about to come, so that weights count among idle targets too. */
function lighter(a: Target, b: Target): Target {
  return (b.inFlight + 1) * a.pull < (a.inFlight + 1) * b.pull ? b : a;
}
