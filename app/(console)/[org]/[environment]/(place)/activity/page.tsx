import type { Metadata } from "next";
import { AuditList } from "#app/(console)/[org]/_activity/audit-list.tsx";
import { RevisionRows } from "./revision-rows.tsx";
import { RunRows } from "./run-rows.tsx";
import { readActivityView, activityViews } from "./activity-views.ts";
import { load } from "#app/_trpc/load.ts";
import { PageHeader } from "#app/_ui/panel.tsx";
import { Tabs } from "#app/_ui/tabs.tsx";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "Activity" };

interface Props {
  params: Promise<{ org: string; environment: string }>;
  searchParams: Promise<{ view?: string }>;
}

export default async function ActivityPage({ params, searchParams }: Props) {
  const { org, environment } = await params;
  const view = readActivityView((await searchParams).view);
  const api = await serverCaller();
  const runs = view === "runs" ? await load(api.run.list({ org, environment, limit: 50 })) : undefined;
  const base = `/${org}/${environment}/activity`;
  return (
    <>
      <PageHeader title="Activity">Who changed what, what it became, and the runs that made it so.</PageHeader>
      <Tabs
        label="Kinds of activity"
        current={view}
        tabs={activityViews.map(({ value, name }) => ({ value, name, href: `${base}?view=${value}` }))}
      />
      {view === "changes" && <AuditList org={org} environment={environment} />}
      {view === "runs" && runs && <RunRows org={org} environment={environment} first={runs} />}
      {view === "revisions" && <RevisionRows org={org} environment={environment} />}
    </>
  );
}
