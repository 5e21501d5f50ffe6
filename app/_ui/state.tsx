import { clsx } from "clsx";
import type { ReactNode } from "react";

/** Green, red and blue say a state; amber asks for a person; the rest is ink. */
export type Tone = "good" | "bad" | "busy" | "signal" | "still";

const lamps = {
  good: "bg-good",
  bad: "bg-bad",
  busy: "bg-busy animate-beacon",
  signal: "bg-signal",
  still: "bg-transparent border border-ink-3",
} as const satisfies Record<Tone, string>;

const inks = {
  good: "text-good-ink",
  bad: "text-bad-ink",
  busy: "text-busy-ink",
  signal: "text-signal-ink",
  still: "text-ink-2",
} as const satisfies Record<Tone, string>;

const washes = {
  good: "bg-good-wash text-good-ink",
  bad: "bg-bad-wash text-bad-ink",
  busy: "bg-busy-wash text-busy-ink",
  signal: "bg-signal-wash text-signal-ink",
  still: "bg-sunken text-ink-2",
} as const satisfies Record<Tone, string>;

export function Lamp({ tone, className }: { tone: Tone; className?: string }) {
  return (
    <span aria-hidden="true" className={clsx("inline-block size-2 shrink-0 rounded-full", lamps[tone], className)} />
  );
}

/** A lamp with its word: colour never speaks alone. */
export function State({ tone, children, className }: { tone: Tone; children: ReactNode; className?: string }) {
  return (
    <span className={clsx("inline-flex items-center gap-2 whitespace-nowrap", inks[tone], className)}>
      <Lamp tone={tone} />
      {children}
    </span>
  );
}

export function Badge({ tone = "still", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={clsx(
        "inline-flex h-5 items-center rounded-sm px-1.5 text-xs font-medium whitespace-nowrap",
        washes[tone],
      )}
    >
      {children}
    </span>
  );
}

/** A notice inside a page: what happened, and what to do. */
export function Notice({
  tone = "signal",
  title,
  children,
  action,
  live = false,
}: {
  tone?: Tone;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** Announced when it appears. */
  live?: boolean;
}) {
  return (
    <div
      role={live ? "alert" : undefined}
      className={clsx(
        "flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-lg border px-4 py-3",
        noticeFrames[tone],
      )}
    >
      <div className="flex min-w-0 flex-1 basis-64 gap-3">
        <Lamp tone={tone} className="mt-1.5" />
        <div className="min-w-0">
          <p className="font-medium">{title}</p>
          {children && <div className="mt-0.5 text-ink-2">{children}</div>}
        </div>
      </div>
      {action}
    </div>
  );
}

const noticeFrames = {
  good: "border-good/45 bg-surface",
  bad: "border-bad/45 bg-surface",
  busy: "border-busy/45 bg-surface",
  signal: "border-signal bg-surface",
  still: "border-line bg-surface",
} as const satisfies Record<Tone, string>;
