import type { Chooser } from "./chooser.ts";
import type { Target } from "./target.ts";

const WHEEL_MAX = 1_000;

/** Weighted round robin over a wheel: each target stands on it as often as its weight says. */
export function roundRobinChooser(targets: readonly Target[], random: () => number): Chooser {
  const wheel = spread(targets);
  // Layouts change, and each worker has its own: where all began at 0, the first target would get more than its share.
  let next = Math.floor(random() * wheel.length);
  let turn = 0;
  return {
    targets,
    first() {
      if (wheel.length <= 1) return wheel[0];
      const target = wheel[next];
      next = next + 1 === wheel.length ? 0 : next + 1;
      return target;
    },
    other(_exchange, isRefused) {
      turn += 1;
      for (let index = 0; index < targets.length; index += 1) {
        const target = targets[(turn + index) % targets.length]!;
        if (!isRefused(target)) return target;
      }
      return undefined;
    },
  };
}

/** Smooth weighted round robin (nginx's): no target gets its share in one run. */
function spread(targets: readonly Target[]): Target[] {
  // Slow start makes weights fractions of tenths.
  const weights = targets.map((target) => Math.max(1, Math.round(target.pull * 10)));
  const divisor = weights.reduce(gcd, 0) || 1;
  const scale = Math.max(1, weights.reduce((sum, weight) => sum + weight / divisor, 0) / WHEEL_MAX);
  const entries = targets.map((target, index) => ({
    target,
    share: Math.max(1, Math.round(weights[index]! / divisor / scale)),
    current: 0,
  }));
  const length = entries.reduce((sum, { share }) => sum + share, 0);
  return Array.from({ length }, () => {
    for (const entry of entries) entry.current += entry.share;
    const chosen = entries.reduce((best, entry) => (entry.current > best.current ? entry : best));
    chosen.current -= length;
    return chosen.target;
  });
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
