import type { ReactNode } from "react";

export function AuthHeading({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="mb-7">
      <h1 className="text-2xl font-semibold tracking-[-0.025em]">{title}</h1>
      {children && <p className="mt-2 text-ink-2">{children}</p>}
    </div>
  );
}

export const textLink =
  "font-medium underline decoration-line-strong underline-offset-4 transition-colors hover:decoration-ink";
