import type { Metadata } from "next";
import { Analytics } from "./analytics.tsx";
import { readRange } from "./range.ts";
import { preload } from "#app/_trpc/load.ts";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "Analytics" };

interface Props {
  params: Promise<{ org: string; environment: string }>;
  searchParams: Promise<{ range?: string; api?: string; key?: string }>;
}

export default async function AnalyticsPage({ params, searchParams }: Props) {
  const { org, environment } = await params;
  const { range: wanted, api: apiId, key } = await searchParams;
  const range = readRange(wanted);
  const input = { org, environment, range, ...(apiId ? { api: apiId } : {}), ...(key ? { key } : {}) };
  const api = await serverCaller();
  const first = await preload(api.analytics.report(input));
  return <Analytics key={JSON.stringify(input)} input={input} first={first} />;
}
