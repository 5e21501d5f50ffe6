import { Facts } from "#app/_ui/panel.tsx";

interface Named {
  id: string;
  name: string;
}

/** A text names things by their ids, which nobody knows by heart. */
export function IdsByName({ what, things }: { what: string; things: readonly Named[] }) {
  if (things.length === 0) return null;
  return (
    <details className="mb-4">
      <summary className="text-ink-2">{what}</summary>
      <div className="mt-2 max-w-2xl">
        <Facts
          items={things.map(({ id, name }) => [
            name,
            <code key={id} className="text-sm break-all">
              {id}
            </code>,
          ])}
        />
      </div>
    </details>
  );
}
