import type { ReactNode } from "react";
import { CopyButton } from "#app/_ui/copy-button.tsx";

/** Text to be taken elsewhere. The named part holds that text alone, so that what is read is what is copied. */
export function CodeBlock({
  label,
  text,
  above,
  wrap = true,
}: {
  label: string;
  text: string;
  above?: ReactNode;
  wrap?: boolean;
}) {
  return (
    <div className="overflow-hidden rounded-lg border bg-sunken">
      <div className="flex min-h-10 items-center justify-between gap-3 border-b pr-1.5 pl-4">
        <div className="min-w-0 text-sm text-ink-2">{above ?? label}</div>
        <CopyButton text={text} />
      </div>
      <section
        aria-label={label}
        // Scrollable content has to be reachable by keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className={`hairline-scroll overflow-x-auto px-4 py-3 text-sm leading-5 ${wrap ? "break-all whitespace-pre-wrap" : ""}`}
      >
        {/* Its own rule, never to wrap, would go before the section's. */}
        <pre className="contents [white-space:inherit]">
          <code>{text}</code>
        </pre>
      </section>
    </div>
  );
}
