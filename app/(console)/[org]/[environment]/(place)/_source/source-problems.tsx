"use client";

import { useEffect, useRef } from "react";
import type { Refusal } from "./use-save-source.ts";

/** Why nothing was saved. It takes the focus, and each line of it leads to the line that it is about. */
export function SourceProblems({ refusal, onGoTo }: { refusal: Refusal | null; onGoTo: (line: number) => void }) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (refusal) frame.current?.focus();
  }, [refusal]);
  if (!refusal) return null;
  return (
    <div
      ref={frame}
      role="alert"
      tabIndex={-1}
      className="w-full rounded-md border border-bad/40 bg-bad-wash px-3 py-2 text-bad-ink"
    >
      <p className="font-medium">{refusal.summary}</p>
      <ul className="mt-1 grid gap-1">
        {refusal.problems.map((problem) => (
          <li key={`${problem.path} ${problem.message}`} className="break-words">
            {problem.line !== undefined && (
              <>
                <button type="button" className="underline underline-offset-2" onClick={() => onGoTo(problem.line!)}>
                  Line {problem.line}
                </button>{" "}
              </>
            )}
            {problem.path && <code className="text-sm break-all">{problem.path}</code>} {problem.message}
          </li>
        ))}
      </ul>
    </div>
  );
}
