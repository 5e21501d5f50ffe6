"use client";

import { useState } from "react";
import { Axes } from "#app/_charts/axes.tsx";
import { count } from "#app/_charts/figures.ts";
import { prepareCalls, type Bar, type StatusClass } from "#app/_charts/prepare-calls.ts";
import type { AnalyticsReport } from "#app/_trpc/views.ts";
import { exactTime } from "#app/_ui/time.ts";

const fills = {
  s2: "fill-ink/75",
  s3: "fill-ink/30",
  s4: "fill-signal",
  s5: "fill-bad",
} as const satisfies Record<StatusClass, string>;
const swatches = { s2: "bg-ink/75", s3: "bg-ink/30", s4: "bg-signal", s5: "bg-bad" } as const;
const names = { s2: "2xx", s3: "3xx", s4: "4xx", s5: "5xx" } as const;
const classes = ["s2", "s3", "s4", "s5"] as const;

export function CallsChart({ report }: { report: AnalyticsReport }) {
  const { bars, levels, times } = prepareCalls(report);
  const [pointed, setPointed] = useState<number | null>(null);
  const bar = pointed === null ? undefined : bars[pointed];
  return (
    <figure
      aria-label={`Calls over time: ${count(report.totals.calls)} in all, ${count(report.totals.errors)} of them errors`}
      className="rounded-lg border bg-surface p-4 sm:p-5"
    >
      <Legend bar={bar} totals={report.totals} series={report.series} />
      <Axes levels={levels} times={times}>
        <svg
          viewBox="0 0 1 1"
          preserveAspectRatio="none"
          className="absolute inset-0 size-full"
          onPointerMove={({ clientX, currentTarget }) => {
            const { left, width } = currentTarget.getBoundingClientRect();
            setPointed(Math.min(bars.length - 1, Math.max(0, Math.floor(((clientX - left) / width) * bars.length))));
          }}
          onPointerLeave={() => setPointed(null)}
        >
          {bars.map((one, index) => (
            <g key={one.at} opacity={pointed === null || pointed === index ? 1 : 0.45}>
              {one.parts.map((part) => (
                <rect
                  key={part.class}
                  x={one.x}
                  width={one.width}
                  y={part.y}
                  height={part.height}
                  className={fills[part.class]}
                />
              ))}
            </g>
          ))}
        </svg>
      </Axes>
    </figure>
  );
}

/** The classes with their counts: of the whole span, or of the step under the pointer. */
function Legend({
  bar,
  totals,
  series,
}: {
  bar: Bar | undefined;
  totals: AnalyticsReport["totals"];
  series: AnalyticsReport["series"];
}) {
  const counts = (name: StatusClass) =>
    bar ? bar.status[name] : series.reduce((sum, { status }) => sum + status[name], 0);
  return (
    <figcaption className="mb-5 flex flex-wrap items-center justify-between gap-x-6 gap-y-1">
      <span>
        <span className="text-lg font-semibold">{count(bar ? bar.calls : totals.calls)}</span>{" "}
        <span className="text-ink-2">calls {bar ? `from ${exactTime(bar.at)}` : "in this span"}</span>
      </span>
      <span className="flex gap-4 text-sm text-ink-2">
        {classes.map((name) => (
          <span key={name} className="inline-flex items-center gap-1.5">
            <span aria-hidden="true" className={`size-2 rounded-[2px] ${swatches[name]}`} />
            {names[name]} <span className="text-ink">{count(counts(name))}</span>
          </span>
        ))}
      </span>
    </figcaption>
  );
}
