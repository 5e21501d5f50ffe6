"use client";

import { clsx } from "clsx";
import { useState } from "react";
import type { EnrolmentCreated } from "#app/_trpc/views.ts";
import { CodeBlock } from "#app/_ui/code-block.tsx";

/** One command a way of installing; one at a time. */
export function InstallCommands({ enrolment }: { enrolment: EnrolmentCreated }) {
  const [method, setMethod] = useState(enrolment.install[0]?.method);
  const chosen = enrolment.install.find((way) => way.method === method);
  if (!chosen) return <CodeBlock label="Enrolment token" text={enrolment.token} />;
  const several = enrolment.install.length > 1;
  return (
    <CodeBlock
      label="Install command"
      text={chosen.command}
      above={
        several ? (
          <fieldset className="flex gap-1" aria-label="Way of installing">
            {enrolment.install.map((way) => (
              <button
                key={way.method}
                type="button"
                aria-pressed={way.method === method}
                onClick={() => setMethod(way.method)}
                className={clsx(
                  "-ml-px h-10 border-b-2 px-2 transition-colors",
                  way.method === method
                    ? "border-ink font-medium text-ink"
                    : "border-transparent text-ink-2 hover:text-ink",
                )}
              >
                {way.title}
              </button>
            ))}
          </fieldset>
        ) : (
          chosen.title
        )
      }
    />
  );
}
