import type { Metadata } from "next";
import { EnvironmentFacts } from "./environment-facts.tsx";
import { SharedGatewaySettings } from "./shared-gateway-settings.tsx";
import { readView, views } from "./views.ts";
import { load, preload } from "#app/_trpc/load.ts";
import { ButtonLink } from "#app/_ui/button.tsx";
import { PageHeader } from "#app/_ui/panel.tsx";
import { Tabs } from "#app/_ui/tabs.tsx";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "Settings" };

interface Props {
  params: Promise<{ org: string; environment: string }>;
  searchParams: Promise<{ view?: string }>;
}

export default async function SettingsPage({ params, searchParams }: Props) {
  const { org, environment } = await params;
  const view = readView((await searchParams).view);
  const api = await serverCaller();
  const [place, { permissions }, regions] = await load(
    Promise.all([api.environment.get({ org, environment }), api.organisation.get({ org }), api.region.list()]),
  );
  const settings = view === "gateways" ? await preload(api.gateway.settings({ org, environment })) : undefined;
  return (
    <>
      <PageHeader
        title="Settings"
        actions={<ButtonLink href={`/${org}/~/settings`}>Members and API tokens</ButtonLink>}
      >
        What {place.name} is, where its data rests, and what its gateways are told of themselves.
      </PageHeader>
      <Tabs
        label="Views"
        current={view}
        tabs={views.map((tab) => ({ ...tab, href: `/${org}/${environment}/settings?view=${tab.value}` }))}
      />
      {view === "environment" && (
        <EnvironmentFacts
          org={org}
          place={place}
          home={regions.items.find(({ id }) => id === place.homeRegion)}
          mayDestroy={permissions.includes("environment:destroy")}
        />
      )}
      {view === "gateways" && (
        <SharedGatewaySettings
          org={org}
          environment={environment}
          first={settings}
          mayWrite={permissions.includes("gateway:write")}
        />
      )}
    </>
  );
}
