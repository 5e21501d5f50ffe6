import { ChevronRight } from "lucide-react";
import { prepareDiff, sentenceOf } from "./prepare-audit.ts";
import type { AuditView } from "#app/_trpc/views.ts";
import { When } from "#app/_ui/when.tsx";

export function AuditEntry({ entry }: { entry: AuditView }) {
  const diff = prepareDiff(entry.diff);
  return (
    <li className="bg-surface">
      <details className="group">
        <summary className="flex list-none items-center gap-3 px-4 py-2.5 transition-colors hover:bg-sunken focus-visible:-outline-offset-2">
          <ChevronRight aria-hidden className="size-4 shrink-0 text-ink-3 group-open:rotate-90" />
          <span className="min-w-0 flex-1">
            <span className="text-ink-2">{entry.actor.name}</span> {sentenceOf(entry)}
          </span>
          <span className="shrink-0 text-sm text-ink-3">
            <When at={entry.at} />
          </span>
        </summary>
        <div className="border-t bg-sunken px-4 py-3 sm:pl-11">
          {diff.length === 0 && <p className="text-ink-2">No members changed.</p>}
          <dl className="grid gap-2">
            {diff.map(({ member, before, after }) => (
              <div key={member} className="grid gap-x-4 sm:grid-cols-[144px_minmax(0,1fr)]">
                <dt className="font-mono text-xs leading-5 text-ink-3">{member}</dt>
                <dd className="min-w-0 font-mono text-xs leading-5">
                  {before !== null && <del className="mr-2 break-all text-bad-ink">{before}</del>}
                  {after !== null && <ins className="break-all text-good-ink no-underline">{after}</ins>}
                </dd>
              </div>
            ))}
          </dl>
          <p className="mt-3 font-mono text-xs break-all text-ink-3">
            {entry.action} · {entry.target.id} · {entry.hash.slice(0, 16)}
          </p>
        </div>
      </details>
    </li>
  );
}
