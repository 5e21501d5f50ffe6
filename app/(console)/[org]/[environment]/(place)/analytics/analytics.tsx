"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { clsx } from "clsx";
import { Breakdown } from "./breakdown.tsx";
import { CallsByApi } from "./calls-by-api.tsx";
import { filterHref, ranges } from "./range.ts";
import { CallsChart } from "#app/_charts/calls-chart.tsx";
import { bytes, count, milliseconds, share } from "#app/_charts/figures.ts";
import { LatencyChart } from "#app/_charts/latency-chart.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { AnalyticsRange, AnalyticsReport } from "#app/_trpc/views.ts";
import { Empty } from "#app/_ui/empty.tsx";
import { Facts, PageHeader } from "#app/_ui/panel.tsx";
import { QueryView } from "#app/_ui/query-view.tsx";
import { Notice } from "#app/_ui/state.tsx";

interface Input {
  org: string;
  environment: string;
  range: AnalyticsRange;
  api?: string;
  key?: string;
}

export function Analytics({ input, first }: { input: Input; first: AnalyticsReport | undefined }) {
  const trpc = useTRPC();
  const report = useQuery({
    ...trpc.analytics.report.queryOptions(input),
    initialData: first,
    refetchInterval: input.range === "15m" || input.range === "1h" ? 3_000 : 30_000,
  });
  const base = `/${input.org}/${input.environment}/analytics`;
  const filtered = input.api ?? input.key;
  return (
    <>
      <PageHeader title="Analytics" actions={<RangeSwitch base={base} input={input} />}>
        Calls as the gateways counted them; they arrive within seconds.
        {filtered && (
          <>
            {" "}
            Only <code className="text-sm">{nameOf(report.data, filtered)}</code>.{" "}
            <Link
              href={filterHref(base, { range: input.range })}
              className="underline decoration-line-strong underline-offset-4"
            >
              Show all
            </Link>
          </>
        )}
      </PageHeader>
      <QueryView query={report} what="analytics">
        {(data) => <Report data={data} base={base} input={input} />}
      </QueryView>
    </>
  );
}

function Report({ data, base, input }: { data: AnalyticsReport; base: string; input: Input }) {
  const { totals } = data;
  const hrefs = { base, filters: { range: input.range } };
  if (totals.calls === 0 && totals.dropped === 0)
    return (
      <>
        <Empty title="No calls in this span">
          As soon as a gateway answers a call it shows here, by API, key, status and time. Look at a longer span, or
          make a call.
        </Empty>
        {/* The table stays where scripts and screen readers look for it. */}
        <div className="mt-8">
          <CallsByApi rows={data.apis} {...hrefs} />
        </div>
      </>
    );
  return (
    <div className="grid gap-8">
      {totals.dropped > 0 && (
        <Notice tone="signal" title={`${count(totals.dropped)} records were lost in this span`}>
          Gateways ran out of room for them while the control plane was away. The figures below do not contain them.
        </Notice>
      )}
      <Facts
        columns={4}
        items={[
          ["Calls", <Figure key="calls" value={count(totals.calls)} />],
          ["Errors", <Figure key="errors" value={share(totals.errors, totals.calls)} aside={count(totals.errors)} />],
          [
            "Latency, 95th percentile",
            <Figure
              key="p95"
              value={milliseconds(totals.latency.p95Ms)}
              aside={`upstream ${milliseconds(totals.upstream.p95Ms)}`}
            />,
          ],
          [
            "Sent to callers",
            <Figure key="bytes" value={bytes(totals.responseBytes)} aside={`received ${bytes(totals.requestBytes)}`} />,
          ],
        ]}
      />
      <CallsChart report={data} />
      <CallsByApi rows={data.apis} {...hrefs} />
      <LatencyChart report={data} />
      <Breakdown report={data} {...hrefs} />
    </div>
  );
}

function Figure({ value, aside }: { value: string; aside?: string }) {
  return (
    <>
      <span className="text-lg font-semibold tracking-[-0.01em]">{value}</span>
      {aside && <span className="ml-2 inline-block text-sm whitespace-nowrap text-ink-3">{aside}</span>}
    </>
  );
}

function RangeSwitch({ base, input }: { base: string; input: Input }) {
  return (
    <nav aria-label="Span" className="flex gap-px overflow-hidden rounded-md border border-line-strong bg-line">
      {ranges.map(({ value, name }) => (
        <Link
          key={value}
          href={filterHref(base, { range: value, api: input.api, key: input.key })}
          aria-current={value === input.range ? "true" : undefined}
          className={clsx(
            "flex h-8 items-center px-2.5 text-sm whitespace-nowrap transition-colors focus-visible:-outline-offset-2",
            value === input.range ? "bg-sunken font-medium" : "bg-surface text-ink-2 hover:text-ink",
          )}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}

function nameOf(report: AnalyticsReport | undefined, id: string): string {
  return report?.apis.find((api) => api.id === id)?.name ?? report?.keys.find((key) => key.id === id)?.name ?? id;
}
