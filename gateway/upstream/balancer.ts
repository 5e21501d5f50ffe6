import type { OutboundPool } from "#gateway/wire/index.ts";

export interface Target {
  /** `http://10.0.0.7:8080` */
  origin: string;
  scheme: "http" | "https";
  /** Host and port as the Host field says them. */
  authority: string;
  /** Without a trailing slash; empty for the root. */
  basePath: string;
  pool: OutboundPool;
}

const WHEEL_MAX = 1_000;

/** Weighted round robin over a wheel laid out at load: each target stands on it as often as its weight says. */
export class Balancer {
  readonly targets: readonly Target[];
  readonly #wheel: readonly Target[];
  #next = 0;

  constructor(weighted: readonly { target: Target; weight: number }[]) {
    const live = weighted.filter(({ weight }) => weight > 0);
    this.targets = live.map(({ target }) => target);
    this.#wheel = spread(live);
  }

  /** `undefined` when every weight is 0. */
  next(): Target | undefined {
    if (this.#wheel.length <= 1) return this.#wheel[0];
    const target = this.#wheel[this.#next];
    this.#next = (this.#next + 1) % this.#wheel.length;
    return target;
  }

  /** The next one that was not tried yet: others take turns meanwhile, and may have brought the failed one up again. */
  other(tried: readonly Target[]): Target | undefined {
    return this.targets.length > tried.length ? this.targets.find((target) => !tried.includes(target)) : undefined;
  }
}

/** Smooth weighted round robin (nginx's): no target gets its share in one run. */
function spread(live: readonly { target: Target; weight: number }[]): Target[] {
  const divisor = live.map(({ weight }) => weight).reduce(gcd, 0) || 1;
  const total = live.reduce((sum, { weight }) => sum + weight / divisor, 0);
  const scale = Math.max(1, total / WHEEL_MAX);
  const entries = live.map(({ target, weight }) => ({
    target,
    share: Math.max(1, Math.round(weight / divisor / scale)),
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
