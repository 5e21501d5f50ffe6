"use client";

import { Operations } from "../operations.tsx";
import { problemOf } from "#app/_trpc/problem.ts";
import type { ApiPreview } from "#app/_trpc/views.ts";

/** What the document holds, before anything is saved. */
export function Preview({ found, busy, error }: { found: ApiPreview | undefined; busy: boolean; error: unknown }) {
  const problem = error ? problemOf(error) : null;
  return (
    <aside
      aria-label="Preview"
      aria-live="polite"
      className="overflow-hidden rounded-lg border bg-surface lg:sticky lg:top-[76px]"
    >
      <div className="px-4 py-3.5">
        <h2 className="font-semibold">{found && !problem ? found.title : "Preview"}</h2>
        <p className="text-ink-2">
          {busy
            ? "Reading the document…"
            : problem
              ? problem.message
              : found
                ? `Version ${found.documentVersion}, ${found.operations.length} ${found.operations.length === 1 ? "operation" : "operations"}`
                : "The operations of a document show here before it is saved."}
        </p>
      </div>
      {found && !problem && found.notes.length > 0 && (
        <ul className="grid gap-1 border-t bg-signal-wash px-4 py-2.5 text-sm text-signal-ink">
          {found.notes.map((note) => (
            <li key={`${note.path} ${note.message}`}>
              {note.line ? `Line ${note.line}: ` : note.path ? `${note.path}: ` : ""}
              {note.message}
            </li>
          ))}
        </ul>
      )}
      {found && !problem && found.operations.length > 0 && (
        <div className="hairline-scroll max-h-96 overflow-y-auto border-t py-1.5">
          <Operations operations={found.operations} />
        </div>
      )}
    </aside>
  );
}
