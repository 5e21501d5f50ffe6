import type { Metadata } from "next";
import { NewClusterForm } from "./new-cluster-form.tsx";
import { load } from "#app/_trpc/load.ts";
import { placeRegions } from "#app/_map/place.ts";
import { PageHeader } from "#app/_ui/panel.tsx";
import { Notice } from "#app/_ui/state.tsx";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "Add a cluster" };

export default async function NewClusterPage({ params }: { params: Promise<{ org: string; environment: string }> }) {
  const { org, environment } = await params;
  const api = await serverCaller();
  const [view, organisation, regions] = await load(
    Promise.all([api.environment.get({ org, environment }), api.organisation.get({ org }), api.region.list()]),
  );
  return (
    <>
      <PageHeader title="Add a cluster">
        Gateways where your callers are: in one of our regions, or in your own network.
      </PageHeader>
      {organisation.permissions.includes("cluster:create") ? (
        <NewClusterForm
          org={org}
          environment={environment}
          homeRegion={view.homeRegion}
          regions={regions.items}
          places={placeRegions(regions.items)}
        />
      ) : (
        <Notice tone="still" title="Your role may not add clusters">
          You are {organisation.role} here. Ask an owner or admin of {organisation.name}.
        </Notice>
      )}
    </>
  );
}
