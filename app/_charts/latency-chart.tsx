import { Axes } from "#app/_charts/axes.tsx";
import { milliseconds } from "#app/_charts/figures.ts";
import { prepareLatency } from "#app/_charts/prepare-latency.ts";
import type { AnalyticsReport } from "#app/_trpc/views.ts";

const looks = {
  p50Ms: { name: "50th", stroke: "stroke-ink", swatch: "border-ink", dash: undefined },
  p95Ms: { name: "95th", stroke: "stroke-ink-3", swatch: "border-ink-3", dash: undefined },
  p99Ms: { name: "99th", stroke: "stroke-ink-3", swatch: "border-ink-3 border-dashed", dash: "3 3" },
} as const;

export function LatencyChart({ report }: { report: AnalyticsReport }) {
  const prepared = prepareLatency(report);
  const { latency } = report.totals;
  if (!prepared) return null;
  return (
    <figure
      aria-label={`Latency over time: 50th percentile ${milliseconds(latency.p50Ms)}, 95th ${milliseconds(latency.p95Ms)}, 99th ${milliseconds(latency.p99Ms)}`}
      className="rounded-lg border bg-surface p-4 sm:p-5"
    >
      <figcaption className="mb-5 flex flex-wrap items-center justify-between gap-x-6 gap-y-1">
        <span>
          <span className="text-lg font-semibold">{milliseconds(latency.p95Ms)}</span>{" "}
          <span className="text-ink-2">or less for 95 of 100 calls</span>
        </span>
        <span className="flex gap-4 text-sm text-ink-2">
          {prepared.lines.map(({ name }) => (
            <span key={name} className="inline-flex items-center gap-1.5">
              <span aria-hidden="true" className={`w-3 border-t-[1.5px] ${looks[name].swatch}`} />
              {looks[name].name} <span className="text-ink">{milliseconds(latency[name])}</span>
            </span>
          ))}
        </span>
      </figcaption>
      <Axes levels={prepared.levels} times={prepared.times}>
        <svg viewBox="0 0 1 1" preserveAspectRatio="none" className="absolute inset-0 size-full" fill="none">
          {prepared.lines.map(({ name, path }) => (
            <path
              key={name}
              d={path}
              className={looks[name].stroke}
              strokeWidth="1.5"
              strokeDasharray={looks[name].dash}
              strokeLinejoin="round"
              vectorEffect="non-scaling-stroke"
            />
          ))}
        </svg>
      </Axes>
    </figure>
  );
}
