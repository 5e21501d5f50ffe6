import type { ApiDetail } from "#app/_trpc/views.ts";

/** Methods and paths, as one reads them. */
export function Operations({ operations }: { operations: ApiDetail["operations"] }) {
  return (
    <ul>
      {operations.map((operation) => (
        <li
          key={`${operation.method} ${operation.path}`}
          className="grid grid-cols-[56px_minmax(0,1fr)] items-baseline px-4 py-1.5"
        >
          <span className="font-mono text-xs font-medium text-ink-3 uppercase">{operation.method}</span>
          <span className="min-w-0">
            <code className="text-sm break-all">{operation.path}</code>
            {operation.summary && <span className="block text-sm text-ink-3">{operation.summary}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
