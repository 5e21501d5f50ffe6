"use client";

import { clsx } from "clsx";
import { remainingMs, stepNames } from "./prepare-run.ts";
import type { RunDetail } from "#app/_trpc/views.ts";
import { durationText } from "#app/_ui/time.ts";
import { useNow } from "#app/_ui/when.tsx";

type Step = RunDetail["steps"][number];

/** The runs as a road across water: each step is a span on its pier, laid as it completes. */
export function Causeway({ runs }: { runs: RunDetail[] }) {
  const nowMs = useNow();
  const steps = runs.flatMap((run) => run.steps);
  const open = runs.every(({ state }) => state !== "failed" && state !== "cancelled");
  const tookMs = wholeMs(runs);
  const left = nowMs === null || !open ? null : remainingMs(steps, nowMs);
  return (
    <div className="mb-6 overflow-hidden rounded-lg border bg-surface">
      <div className={clsx("grid", runs.length > 1 && "md:grid-cols-2")}>
        {runs.map((run, index) => (
          <section
            key={run.id}
            aria-label={run.deploymentName}
            className={clsx(index > 0 && "max-md:border-t", index > 1 && "border-t", "min-w-0 pt-4")}
          >
            <h2 className="px-4 text-sm font-medium text-ink-2">{run.deploymentName}</h2>
            <ol className="mt-4 flex">
              {run.steps.map((step) => (
                <Span key={step.name} step={step} nowMs={nowMs} />
              ))}
            </ol>
          </section>
        ))}
      </div>
      <div className="water flex h-9 items-center px-4">
        {(left ?? tookMs) !== null && (
          <span className="bg-surface pr-2 text-sm text-ink-2">
            {left === null ? `Took ${durationText(tookMs!)} in all` : leftText(left)}
          </span>
        )}
      </div>
    </div>
  );
}

const leftText = (ms: number) =>
  ms < 1_000 ? "Any moment now" : `About ${durationText(Math.ceil(ms / 1_000) * 1_000)} to go, as earlier runs took`;

/** From the first start to the last end; null while one of the runs is open. */
function wholeMs(runs: RunDetail[]): number | null {
  const times = runs.map(({ startedAt, endedAt }) => [Date.parse(startedAt ?? ""), Date.parse(endedAt ?? "")] as const);
  const took = Math.max(...times.map(([, end]) => end)) - Math.min(...times.map(([start]) => start));
  return Number.isFinite(took) ? took : null;
}

function Span({ step, nowMs }: { step: Step; nowMs: number | null }) {
  const tookMs = lengthMs(step, nowMs);
  return (
    <li className="min-w-0 flex-1">
      <div className="relative h-1.5 bg-line">
        <div className={clsx("absolute inset-0 origin-left transition-transform duration-150", spans[step.state])} />
      </div>
      <div className={clsx("ml-4 h-2.5 w-px", step.state === "pending" ? "bg-line-strong" : "bg-ink")} />
      <div className="px-4 pb-4">
        <p className={clsx("truncate text-sm", step.state === "pending" ? "text-ink-3" : "font-medium text-ink")}>
          {stepNames[step.name] ?? step.name}
        </p>
        <p className="truncate text-xs text-ink-3">{tookMs === null ? stepWords[step.state] : durationText(tookMs)}</p>
      </div>
    </li>
  );
}

const spans = {
  pending: "scale-x-0",
  running: "bg-busy animate-beacon",
  succeeded: "bg-ink",
  failed: "bg-bad",
  skipped: "bg-line-strong",
} as const satisfies Record<Step["state"], string>;

const stepWords = {
  pending: "To come",
  running: "Running",
  succeeded: "Done",
  failed: "Failed",
  skipped: "Skipped",
} as const satisfies Record<Step["state"], string>;

function lengthMs({ startedAt, endedAt }: Step, nowMs: number | null): number | null {
  if (!startedAt) return null;
  const end = endedAt ? new Date(endedAt).getTime() : nowMs;
  return end === null ? null : Math.max(0, end - new Date(startedAt).getTime());
}
