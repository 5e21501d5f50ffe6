import type { Metadata } from "next";
import { DestroyEnvironment } from "./destroy-environment.tsx";
import { load } from "#app/_trpc/load.ts";
import { ButtonLink } from "#app/_ui/button.tsx";
import { CopyableId } from "#app/_ui/copy-button.tsx";
import { Facts, PageHeader, Section } from "#app/_ui/panel.tsx";
import { When } from "#app/_ui/when.tsx";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage({ params }: { params: Promise<{ org: string; environment: string }> }) {
  const { org, environment } = await params;
  const api = await serverCaller();
  const [view, organisation, regions] = await load(
    Promise.all([api.environment.get({ org, environment }), api.organisation.get({ org }), api.region.list()]),
  );
  const home = regions.items.find(({ id }) => id === view.homeRegion);
  return (
    <>
      <PageHeader
        title="Settings"
        actions={<ButtonLink href={`/${org}/~/settings`}>Members and API tokens</ButtonLink>}
      >
        What {view.name} is, and where its data rests.
      </PageHeader>
      <Section title="Environment">
        <Facts
          items={[
            ["Name", view.name],
            ["Kind", view.kind],
            ["Id", <CopyableId key="id" id={view.id} />],
            ["Created", <When key="created" at={view.createdAt} />],
          ]}
        />
      </Section>
      <Section title="Residency">
        <Facts
          items={[
            ["Home region", home ? `${home.name}, ${home.place}` : view.homeRegion],
            ["Data", home?.residency ?? "Not stated by the operator of this region."],
          ]}
        />
      </Section>
      {organisation.permissions.includes("environment:destroy") && (
        <DestroyEnvironment org={org} environment={environment} name={view.name} clusters={view.clusters.length} />
      )}
    </>
  );
}
