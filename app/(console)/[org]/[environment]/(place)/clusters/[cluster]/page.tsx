import type { Metadata } from "next";
import { ClusterPage } from "./cluster-page.tsx";
import { readView } from "./views.ts";
import { load, preload } from "#app/_trpc/load.ts";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "Cluster" };

interface Props {
  params: Promise<{ org: string; environment: string; cluster: string }>;
  searchParams: Promise<{ view?: string }>;
}

export default async function ClusterRoute({ params, searchParams }: Props) {
  const { org, environment, cluster } = await params;
  const view = readView((await searchParams).view);
  const api = await serverCaller();
  const [detail, organisation, regions] = await load(
    Promise.all([api.cluster.get({ org, environment, cluster }), api.organisation.get({ org }), api.region.list()]),
  );
  const settings = view === "settings" ? await preload(api.gateway.settings({ org, environment, cluster })) : undefined;
  return (
    <ClusterPage
      org={org}
      environment={environment}
      detail={detail}
      view={view}
      settings={settings}
      permissions={organisation.permissions}
      regionName={regions.items.find(({ id }) => id === detail.region)?.name ?? detail.region}
    />
  );
}
