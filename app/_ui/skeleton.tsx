import { clsx } from "clsx";

export function Bone({ className }: { className?: string }) {
  return <div className={clsx("rounded-sm bg-line/70", className)} />;
}

/** Stands for rows that are on their way, and says so to those who cannot see it. */
export function RowsSkeleton({ rows = 4, what }: { rows?: number; what: string }) {
  return (
    <div aria-busy="true" className="grid gap-px overflow-hidden rounded-lg border bg-line">
      <span className="sr-only">Loading {what}</span>
      {widths.slice(0, rows).map((width) => (
        <div key={width} className="flex items-center gap-4 bg-surface px-4 py-3.5">
          <Bone className="size-2 rounded-full" />
          <div style={{ width: `${width}%` }}>
            <Bone className="h-3" />
          </div>
          <Bone className="ml-auto h-3 w-16" />
        </div>
      ))}
      <p aria-hidden="true" className="animate-late bg-surface px-4 py-2.5 text-sm text-ink-3">
        Still waiting for {what}…
      </p>
    </div>
  );
}

const widths = [34, 26, 41, 22, 37, 29, 31, 24];

export function PageSkeleton({ what }: { what: string }) {
  return (
    <div aria-busy="true">
      <span className="sr-only">Loading {what}</span>
      <Bone className="mb-3 h-6 w-56" />
      <Bone className="mb-8 h-3 w-80 max-w-full" />
      <RowsSkeleton what={what} />
    </div>
  );
}
