import type { Metadata } from "next";
import { Overview } from "./_overview/overview.tsx";
import { load, preload } from "#app/_trpc/load.ts";
import { serverCaller } from "#server/trpc/caller.ts";

interface Props {
  params: Promise<{ org: string; environment: string }>;
}

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage({ params }: Props) {
  const { org, environment } = await params;
  const api = await serverCaller();
  const [view, organisation, regions] = await load(
    Promise.all([api.environment.get({ org, environment }), api.organisation.get({ org }), api.region.list()]),
  );
  const live = view.controlPlane?.state === "live";
  const [apis, keys, report] = live
    ? await Promise.all([
        preload(api.api.list({ org, environment })),
        preload(api.key.list({ org, environment })),
        preload(api.analytics.report({ org, environment, range: "1h" })),
      ])
    : [];
  return (
    <Overview
      organisation={organisation}
      environment={view}
      regionNames={Object.fromEntries(regions.items.map(({ id, name }) => [id, name]))}
      first={{ apis, keys, report }}
    />
  );
}
