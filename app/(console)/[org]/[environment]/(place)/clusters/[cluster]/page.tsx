import type { Metadata } from "next";
import { ClusterPage } from "./cluster-page.tsx";
import { load } from "#app/_trpc/load.ts";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "Cluster" };

interface Props {
  params: Promise<{ org: string; environment: string; cluster: string }>;
}

export default async function ClusterRoute({ params }: Props) {
  const { org, environment, cluster } = await params;
  const api = await serverCaller();
  const [detail, organisation, regions] = await load(
    Promise.all([api.cluster.get({ org, environment, cluster }), api.organisation.get({ org }), api.region.list()]),
  );
  return (
    <ClusterPage
      org={org}
      environment={environment}
      detail={detail}
      permissions={organisation.permissions}
      regionName={regions.items.find(({ id }) => id === detail.region)?.name ?? detail.region}
    />
  );
}
