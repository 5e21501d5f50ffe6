import type { Region } from "#app/_trpc/views.ts";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { SubmitButton } from "#app/_ui/submit-button.tsx";

/** What will stand, where, and what it costs, before it does. */
export function Review({ region, error, busy }: { region: Region | null; error: unknown; busy: boolean }) {
  const lines: [string, number | undefined][] = [
    ["Control plane", region?.price.controlPlane],
    ["Gateway cluster, 1 node", region?.price.node],
  ];
  return (
    <aside aria-label="Review" className="grid gap-4 rounded-lg border bg-surface p-5 lg:sticky lg:top-[76px]">
      <div>
        <h2 className="font-semibold">{region ? region.name : "Review"}</h2>
        <p className="text-ink-2">{region ? region.place : "Choose a home region to see what it costs."}</p>
      </div>
      <dl className="grid gap-2 border-t pt-4">
        {lines.map(([item, price]) => (
          <div key={item} className="flex justify-between gap-4">
            <dt className="text-ink-2">{item}</dt>
            <dd>{price === undefined ? <span className="text-ink-3">–</span> : `$${price}`}</dd>
          </div>
        ))}
        <div className="flex justify-between gap-4 border-t pt-2 font-medium">
          <dt>Estimate a month</dt>
          <dd>
            {region ? `$${region.price.controlPlane + region.price.node}` : <span className="text-ink-3">–</span>}
          </dd>
        </div>
      </dl>
      <FormProblem error={error} />
      <SubmitButton look="primary" busy={busy && "Starting…"}>
        Deploy
      </SubmitButton>
      <p className="text-sm text-ink-3">It can be destroyed at any time; nothing is left behind then.</p>
    </aside>
  );
}
