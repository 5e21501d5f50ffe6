import { Check } from "lucide-react";
import Link from "next/link";
import { clsx } from "clsx";
import type { Step } from "./prepare-checklist.ts";
import { Section } from "#app/_ui/panel.tsx";

/** The first walk over the causeway; the next step is the one that asks. */
export function Checklist({ steps }: { steps: Step[] }) {
  const next = steps.findIndex(({ done }) => !done);
  return (
    <Section title="First steps" hint={`${steps.filter(({ done }) => done).length} of ${steps.length} done`}>
      <ol className="grid gap-px overflow-hidden rounded-lg border bg-line">
        {steps.map((step, index) => (
          <li key={step.title} className="relative flex items-start gap-3.5 bg-surface px-4 py-3">
            <span
              aria-hidden="true"
              className={clsx(
                "mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border text-[10px]",
                step.done
                  ? "border-good bg-good text-paper"
                  : index === next
                    ? "border-signal bg-signal"
                    : "border-line-strong",
              )}
            >
              {step.done && <Check className="size-3" strokeWidth={3} />}
            </span>
            <div className="min-w-0 flex-1">
              {step.done ? (
                <p className="text-ink-3">
                  {step.title}
                  <span className="sr-only">: done</span>
                </p>
              ) : (
                <Link
                  href={step.href}
                  className={clsx(
                    "underline-offset-4 after:absolute after:inset-0 hover:underline",
                    index === next ? "font-medium" : "text-ink-2",
                  )}
                >
                  {step.title}
                </Link>
              )}
              {index === next && <p className="text-sm text-ink-2">{step.text}</p>}
            </div>
          </li>
        ))}
      </ol>
    </Section>
  );
}
