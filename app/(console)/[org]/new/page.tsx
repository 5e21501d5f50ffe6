import type { Metadata } from "next";
import { NewEnvironmentForm } from "./new-environment-form.tsx";
import { load } from "#app/_trpc/load.ts";
import { placeRegions } from "#app/_map/place.ts";
import { PageHeader } from "#app/_ui/panel.tsx";
import { Notice } from "#app/_ui/state.tsx";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "New environment" };

export default async function NewEnvironmentPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const api = await serverCaller();
  const [organisation, regions] = await load(Promise.all([api.organisation.get({ org }), api.region.list()]));
  return (
    <main id="content" className="mx-auto w-full max-w-[1200px] px-4 py-8 sm:px-8 sm:py-10">
      <PageHeader title="New environment">
        A control plane of your own and a gateway cluster beside it, in one home region. Clusters elsewhere can follow.
      </PageHeader>
      {organisation.permissions.includes("environment:create") ? (
        <NewEnvironmentForm org={org} regions={regions.items} places={placeRegions(regions.items)} />
      ) : (
        <Notice tone="still" title="Your role may not create environments">
          You are {organisation.role} here. Ask an owner or admin of {organisation.name}.
        </Notice>
      )}
    </main>
  );
}
