import type { ApiFigures, TargetFigures, UpstreamFigures } from "./figures.ts";
import type { Chapter } from "./target-book.ts";
import type { Target } from "./target.ts";

const MAX_ROWS = 1_000;

/** Reads and resets what the chapters have counted. Those of which nothing was noted are passed over. */
export function takeFigures(chapters: ReadonlyMap<string, Chapter>, nowMs: number): UpstreamFigures {
  const figures: UpstreamFigures = { targets: [], apis: [], droppedRows: 0 };
  for (const [api, chapter] of chapters) {
    if (!chapter.group.isNoted) continue;
    const rows = targetRows(api, chapter, nowMs);
    const row = apiRow(api, chapter);
    // As long as something is out it is told each time, so that its return is told too.
    chapter.group.isNoted = row.isPanic || rows.some((entry) => entry.isEjected || entry.openBreakers > 0);
    const room = MAX_ROWS - figures.targets.length;
    figures.targets.push(...rows.slice(0, room));
    if (figures.apis.length < MAX_ROWS) figures.apis.push(row);
    figures.droppedRows += Math.max(0, rows.length - room);
  }
  return figures;
}

function targetRows(api: string, { group, balancers }: Chapter, nowMs: number): TargetFigures[] {
  const openOf = new Map<Target, { open: number; openings: number }>();
  for (const { balancer } of balancers.values())
    for (const { target, breaker } of balancer.breakers()) {
      const sum = openOf.get(target) ?? { open: 0, openings: 0 };
      sum.open += breaker.isClosed ? 0 : 1;
      sum.openings += breaker.opened;
      breaker.opened = 0;
      openOf.set(target, sum);
    }
  return [...group.targets].flatMap((target) => {
    const { open, openings } = openOf.get(target) ?? { open: 0, openings: 0 };
    const isEjected = target.ejectedUntilMs > nowMs;
    const ejections = target.ejected;
    target.ejected = 0;
    if (!isEjected && ejections + open + openings === 0) return [];
    return [{ api, target: target.name, isEjected, ejections, openBreakers: open, breakerOpenings: openings }];
  });
}

function apiRow(api: string, { group, balancers }: Chapter): ApiFigures {
  const row = { api, retries: 0, retriesOverBudget: 0, isPanic: group.isPanic, panics: group.panics };
  group.panics = 0;
  const budgets = new Set([...balancers.values()].map(({ budget }) => budget));
  for (const budget of budgets) {
    row.retries += budget.spent + budget.free;
    row.retriesOverBudget += budget.exhausted;
    budget.spent = 0;
    budget.free = 0;
    budget.exhausted = 0;
  }
  return row;
}
