import type { Target } from "./target.ts";

/** Of its weight, what a target that begins to warm up takes. */
const COLD_SHARE = 0.1;
const STEPS = 10;

export interface ServiceRules {
  slowStartMs: number;
  /** Of a tier's targets; null where nothing is ever ejected. */
  maxShare: number | null;
}

/** Who takes requests now, and until when that holds if nothing happens. */
export interface InService {
  targets: Target[];
  nextChangeMs: number;
  /** More were ejected than may be, so none is left out. */
  isPanic: boolean;
}

/**
 * Those of the lowest priority of which enough are left (RFC 2782). What the active checks found down never takes a
 * request. Ejection is a guess: when it would leave out more than its share everywhere, it is not believed.
 */
export function targetsInService(all: readonly Target[], rules: ServiceRules, nowMs: number): InService {
  const able = all.filter((target) => target.weight > 0 && target.healthy);
  for (const target of able) settle(target, rules.slowStartMs, nowMs);
  const tiers = [...new Set(able.map(({ priority }) => priority))]
    .sort((a, b) => a - b)
    .map((priority) => able.filter((target) => target.priority === priority));
  const left = tiers.map((tier) => tier.filter((target) => target.ejectedUntilMs === 0));
  const enough = tiers.findIndex(
    (tier, at) => tier.length - left[at]!.length <= (rules.maxShare ?? 1) * tier.length && left[at]!.length > 0,
  );
  const targets = enough === -1 ? (tiers[0] ?? []) : left[enough]!;
  return {
    targets,
    nextChangeMs: nextChange(able, rules.slowStartMs, nowMs),
    isPanic: enough === -1 && able.length > 0,
  };
}

/** An ejection that is over begins a slow start, which then takes its steps. */
function settle(target: Target, slowStartMs: number, nowMs: number): void {
  if (target.ejectedUntilMs > 0 && target.ejectedUntilMs <= nowMs) {
    target.ejectedUntilMs = 0;
    target.backAtMs = nowMs;
    target.warmingSinceMs = nowMs;
  }
  const step = Math.floor(((nowMs - target.warmingSinceMs) * STEPS) / slowStartMs);
  target.share = isWarming(target, slowStartMs, nowMs) ? Math.max(COLD_SHARE, step / STEPS) : 1;
}

function isWarming({ warmingSinceMs }: Target, slowStartMs: number, nowMs: number): boolean {
  return nowMs - warmingSinceMs < slowStartMs;
}

function nextChange(able: readonly Target[], slowStartMs: number, nowMs: number): number {
  let next = Infinity;
  for (const target of able) {
    if (target.ejectedUntilMs > 0) next = Math.min(next, target.ejectedUntilMs);
    if (isWarming(target, slowStartMs, nowMs)) next = Math.min(next, nowMs + slowStartMs / STEPS);
  }
  return next;
}
