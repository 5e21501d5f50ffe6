import type { ReactNode } from "react";
import type { Tick } from "#app/_charts/prepare-calls.ts";

/** The frame of a chart: three levels as hairlines, times below; the drawing is stretched between them. */
export function Axes({ levels, times, children }: { levels: Tick[]; times: Tick[]; children: ReactNode }) {
  return (
    <div aria-hidden="true" className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3">
      <div className="relative h-44 w-9">
        {levels.map(({ at, label }) => (
          <span
            key={at}
            className="absolute right-0 -translate-y-1/2 text-xs whitespace-nowrap text-ink-3"
            style={{ top: `${at * 100}%` }}
          >
            {label}
          </span>
        ))}
      </div>
      <div className="relative h-44">
        {levels.map(({ at }) => (
          <div key={at} className="absolute inset-x-0 border-t" style={{ top: `${at * 100}%` }} />
        ))}
        {children}
      </div>
      <div className="mt-2 text-right text-xs text-ink-3">UTC</div>
      <div className="relative mt-2 h-4 overflow-hidden">
        {times.map(({ at, label }) => (
          <span key={at} className="absolute text-xs whitespace-nowrap text-ink-3" style={{ left: `${at * 100}%` }}>
            {label}
          </span>
        ))}
      </div>
    </div>
  );
}
