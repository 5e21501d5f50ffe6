"use client";

import { Button } from "#app/_ui/button.tsx";
import { Notice } from "#app/_ui/state.tsx";
import { problemLines, problemOf } from "#app/_trpc/problem.ts";

/** A view that could not be shown: calm, exact, and with a way on. */
export function ProblemState({ error, retry, what }: { error: unknown; retry?: () => void; what: string }) {
  const problem = problemOf(error);
  if (problem.code === "forbidden")
    return (
      <Notice tone="still" title={`You may not see ${what}`}>
        {problem.message}
      </Notice>
    );
  const again = retry && (
    <Button size="sm" onClick={retry}>
      Try again
    </Button>
  );
  // A control plane that is away or not up yet comes back, or a person brings it: nothing is broken.
  const away = problem.code === "unavailable" || problem.code === "conflict";
  return (
    <Notice tone={away ? "signal" : "bad"} title={`Could not load ${what}`} action={again}>
      {problem.message}
    </Notice>
  );
}

/** What a form's action answered, above its button. */
export function FormProblem({ error, shown }: { error: unknown; shown?: readonly string[] }) {
  if (!error) return null;
  const problem = problemOf(error);
  return (
    <div role="alert" className="rounded-md border border-bad/40 bg-bad-wash px-3 py-2 text-bad-ink">
      {problem.message}
      {shown && <ProblemLines lines={problemLines(problem, shown)} />}
    </div>
  );
}

function ProblemLines({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ul className="mt-1 list-disc pl-5">
      {lines.map((line) => (
        <li key={line} className="break-words">
          {line}
        </li>
      ))}
    </ul>
  );
}
