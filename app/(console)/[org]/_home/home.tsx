"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { AttentionList } from "./attention-list.tsx";
import { prepareAttention } from "./prepare-attention.ts";
import { EnvironmentRows } from "./environment-rows.tsx";
import { TrafficMap } from "./traffic-map.tsx";
import { VerifyNotice } from "./verify-notice.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { Environment, Organisation } from "#app/_trpc/views.ts";
import type { Place } from "#app/_map/place.ts";
import { ButtonLink } from "#app/_ui/button.tsx";
import { Empty } from "#app/_ui/empty.tsx";
import { PageHeader, Section } from "#app/_ui/panel.tsx";

export function Home({
  organisation,
  places,
  environments,
  emailVerified,
}: {
  organisation: Organisation;
  places: Place[];
  environments: Environment[];
  emailVerified: boolean;
}) {
  const trpc = useTRPC();
  const list = useQuery({
    ...trpc.environment.list.queryOptions({ org: organisation.slug }),
    initialData: environments,
    refetchInterval: 5_000,
  });
  const mayCreate = organisation.permissions.includes("environment:create");
  const attention = prepareAttention(organisation.slug, list.data);
  return (
    <>
      <PageHeader
        title={organisation.name}
        actions={
          mayCreate && (
            <ButtonLink href={`/${organisation.slug}/new`} look="primary">
              <Plus aria-hidden /> New environment
            </ButtonLink>
          )
        }
      >
        {list.data.length === 0
          ? "Nothing is deployed yet."
          : "Where your control planes and gateways stand, and what runs between them."}
      </PageHeader>
      {!emailVerified && list.data.length > 0 && <VerifyNotice />}
      {attention.length > 0 && <AttentionList items={attention} />}
      <TrafficMap org={organisation.slug} places={places} environments={list.data} />
      <Section title="Environments">
        {list.data.length === 0 ? (
          <Empty title="Lay the first stone">
            An environment is a control plane of your own in a home region, with a gateway cluster beside it. It takes
            about a minute. Pick where it stands, and watch it come up.
          </Empty>
        ) : (
          <EnvironmentRows org={organisation.slug} environments={list.data} places={places} />
        )}
      </Section>
    </>
  );
}
