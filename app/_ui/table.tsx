import { clsx } from "clsx";
import type { ReactNode } from "react";

/** Hairline rows; scrolls sideways by itself when the screen is narrow. */
export function Table({ label, head, children }: { label: string; head: ReactNode; children: ReactNode }) {
  return (
    <div className="hairline-scroll overflow-x-auto rounded-lg border bg-surface">
      <table aria-label={label} className="w-full border-collapse text-left">
        <thead>
          <tr className="border-b text-xs text-ink-3">{head}</tr>
        </thead>
        <tbody className="[&>tr]:border-b [&>tr]:last:border-b-0">{children}</tbody>
      </table>
    </div>
  );
}

export function Th({ children, end, className }: { children: ReactNode; end?: boolean; className?: string }) {
  return (
    <th scope="col" className={clsx("h-9 px-4 font-medium whitespace-nowrap", end && "text-right", className)}>
      {children}
    </th>
  );
}

export function Td({ children, end, className }: { children: ReactNode; end?: boolean; className?: string }) {
  return (
    <td className={clsx("h-11 px-4 py-2 align-middle", end && "text-right whitespace-nowrap", className)}>
      {children}
    </td>
  );
}

export function Row({ children }: { children: ReactNode }) {
  return <tr className="relative transition-colors hover:bg-sunken/60">{children}</tr>;
}

/** Makes its row the target of the link; the row's other controls stand above it. */
export const rowLink =
  "font-medium after:absolute after:inset-0 hover:underline underline-offset-4 decoration-line-strong focus-visible:outline-none " +
  "focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ink";
