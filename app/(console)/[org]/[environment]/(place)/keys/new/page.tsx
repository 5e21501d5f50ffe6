import type { Metadata } from "next";
import { readAccessView } from "../../_access/views.ts";
import { NewKey } from "./new-key.tsx";
import { load, preload } from "#app/_trpc/load.ts";
import { PageHeader } from "#app/_ui/panel.tsx";
import { Notice } from "#app/_ui/state.tsx";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "New key" };

interface Props {
  params: Promise<{ org: string; environment: string }>;
  searchParams: Promise<{ view?: string }>;
}

export default async function NewKeyPage({ params, searchParams }: Props) {
  const { org, environment } = await params;
  const { view: chosen } = await searchParams;
  const api = await serverCaller();
  const [organisation, policies, apis, view] = await Promise.all([
    load(api.organisation.get({ org })),
    preload(api.policy.list({ org, environment })),
    preload(api.api.list({ org, environment })),
    load(api.environment.get({ org, environment })),
  ]);
  return (
    <>
      <PageHeader title="New key">It opens what its policies name, and the APIs that are ticked here.</PageHeader>
      {organisation.permissions.includes("key:write") ? (
        <NewKey
          org={org}
          environment={environment}
          view={readAccessView(chosen)}
          first={{ policies, apis }}
          endpoint={view.clusters.find((cluster) => cluster.endpoint !== null)?.endpoint ?? null}
        />
      ) : (
        <Notice tone="still" title="Your role may not make keys">
          You are {organisation.role} here. Ask a developer, an admin or an owner of {organisation.name}.
        </Notice>
      )}
    </>
  );
}
