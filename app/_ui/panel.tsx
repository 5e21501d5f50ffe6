import { clsx } from "clsx";
import type { ReactNode } from "react";

export function PageHeader({
  title,
  children,
  actions,
  above,
}: {
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  above?: ReactNode;
}) {
  return (
    <header className="mb-8 flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
      <div className="min-w-0">
        {above && <div className="mb-1.5 text-sm text-ink-3">{above}</div>}
        <h1 className="text-xl font-semibold tracking-[-0.018em] break-words">{title}</h1>
        {children && <div className="mt-1 max-w-[64ch] text-ink-2">{children}</div>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

/** A titled part of a page, parted from the next by room and one hairline. */
export function Section({
  title,
  hint,
  actions,
  children,
  className,
}: {
  title: string;
  hint?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section aria-label={title} className={className ?? "mb-10"}>
      <div className="mb-3 flex min-h-7 flex-wrap items-end justify-between gap-x-4 gap-y-2">
        <div>
          <h2 className="text-base font-semibold">{title}</h2>
          {hint && <p className="text-sm text-ink-3">{hint}</p>}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}

export function Panel({ className, children }: { className?: string; children: ReactNode }) {
  return <div className={clsx("rounded-lg border bg-surface", className)}>{children}</div>;
}

/** A name and its value; a wide one takes two columns. */
export type Fact = [name: string, value: ReactNode, width?: "wide"];

/** Names and their values in hairline rows. */
export function Facts({ items, columns = 1 }: { items: Fact[]; columns?: 1 | 2 | 3 | 4 }) {
  return (
    <dl className={clsx("grid gap-px overflow-hidden rounded-lg border bg-line", factColumns[columns])}>
      {items.map(([name, value, width]) => (
        <div
          key={name}
          className={clsx(
            "min-w-0 bg-surface px-4",
            columns === 1 ? "flex gap-4 py-2.5" : "py-3",
            width === "wide" && "col-span-2",
          )}
        >
          <dt className={clsx("text-sm text-ink-3", columns === 1 && "w-24 shrink-0 sm:w-36")}>{name}</dt>
          <dd className={clsx("min-w-0 break-words", columns > 1 && "mt-1")}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const factColumns = {
  1: "",
  2: "sm:grid-cols-2",
  // An odd last one takes the row that it would else leave half empty.
  3: "grid-cols-2 md:grid-cols-3 max-md:[&>:last-child:nth-child(odd)]:col-span-2",
  4: "grid-cols-2 lg:grid-cols-4",
} as const;
