import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { ClusterList } from "./cluster-list.tsx";
import { load } from "#app/_trpc/load.ts";
import { ButtonLink } from "#app/_ui/button.tsx";
import { PageHeader } from "#app/_ui/panel.tsx";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "Clusters" };

export default async function ClustersPage({ params }: { params: Promise<{ org: string; environment: string }> }) {
  const { org, environment } = await params;
  const api = await serverCaller();
  const [view, organisation, regions] = await load(
    Promise.all([api.environment.get({ org, environment }), api.organisation.get({ org }), api.region.list()]),
  );
  return (
    <>
      <PageHeader
        title="Clusters"
        actions={
          organisation.permissions.includes("cluster:create") && (
            <ButtonLink href={`/${org}/${environment}/clusters/new`} look="primary">
              <Plus aria-hidden /> Add cluster
            </ButtonLink>
          )
        }
      >
        Sets of gateway nodes. Each takes its configuration from the control plane in{" "}
        {regions.items.find(({ id }) => id === view.homeRegion)?.name ?? view.homeRegion}, and serves on without it.
      </PageHeader>
      <ClusterList
        org={org}
        environment={view}
        regionNames={Object.fromEntries(regions.items.map(({ id, name }) => [id, name]))}
      />
    </>
  );
}
