import type { UseQueryResult } from "@tanstack/react-query";
import type { AnalyticsReport, ApiView, Deployment, KeyView } from "#app/_trpc/views.ts";
import { Facts } from "#app/_ui/panel.tsx";
import { ProblemState } from "#app/_ui/problem-state.tsx";
import { count, milliseconds, share } from "#app/_charts/figures.ts";

export function QuickFacts({
  apis,
  keys,
  report,
  clusters,
}: {
  apis: UseQueryResult<ApiView[], unknown>;
  keys: UseQueryResult<KeyView[], unknown>;
  report: UseQueryResult<AnalyticsReport, unknown>;
  clusters: Deployment[];
}) {
  const totals = report.data?.totals;
  return (
    <div className="mb-10">
      {report.error !== null && !report.data && (
        <div className="mb-4">
          <ProblemState error={report.error} retry={() => void report.refetch()} what="the figures" />
        </div>
      )}
      <Facts
        columns={4}
        items={[
          ["Calls, last hour", <Figure key="calls">{totals ? count(totals.calls) : "–"}</Figure>],
          ["Errors", <Figure key="errors">{totals ? share(totals.errors, totals.calls) : "–"}</Figure>],
          ["Latency, 95th percentile", <Figure key="p95">{totals ? milliseconds(totals.latency.p95Ms) : "–"}</Figure>],
          [
            "Configured",
            <Figure key="configured">
              {apis.data?.length ?? "–"}
              <Unit>{apis.data?.length === 1 ? "API" : "APIs"}</Unit>{" "}
              {keys.isEnabled && (
                <>
                  {keys.data?.length ?? "–"}
                  <Unit>{keys.data?.length === 1 ? "key" : "keys"}</Unit>{" "}
                </>
              )}
              {clusters.length}
              <Unit>{clusters.length === 1 ? "cluster" : "clusters"}</Unit>
            </Figure>,
          ],
        ]}
      />
    </div>
  );
}

function Figure({ children }: { children: React.ReactNode }) {
  return <span className="text-lg font-semibold tracking-[-0.01em]">{children}</span>;
}

function Unit({ children }: { children: React.ReactNode }) {
  return <span className="mr-1 ml-1 text-sm font-normal text-ink-3">{children}</span>;
}
