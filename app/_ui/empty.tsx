import type { ReactNode } from "react";

/** Nothing here yet: what would be, and the next step. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="overflow-hidden rounded-lg border bg-surface">
      <div className="flex flex-col items-start gap-4 px-6 py-8 sm:px-8">
        <div>
          <p className="font-medium">{title}</p>
          {children && <div className="mt-1 max-w-[56ch] text-ink-2">{children}</div>}
        </div>
        {action}
      </div>
      <div aria-hidden="true" className="water h-6 border-t" />
    </div>
  );
}
