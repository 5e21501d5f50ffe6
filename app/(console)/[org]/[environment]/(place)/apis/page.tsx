import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { ApiList } from "./api-list.tsx";
import { load, preload } from "#app/_trpc/load.ts";
import { ButtonLink } from "#app/_ui/button.tsx";
import { PageHeader } from "#app/_ui/panel.tsx";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "APIs" };

interface Props {
  params: Promise<{ org: string; environment: string }>;
  searchParams: Promise<{ search?: string }>;
}

export default async function ApisPage({ params, searchParams }: Props) {
  const { org, environment } = await params;
  const { search } = await searchParams;
  const api = await serverCaller();
  const [organisation, first] = await Promise.all([
    load(api.organisation.get({ org })),
    preload(api.api.list({ org, environment })),
  ]);
  return (
    <>
      <PageHeader
        title="APIs"
        actions={
          organisation.permissions.includes("api:write") && (
            <ButtonLink href={`/${org}/${environment}/apis/new`} look="primary">
              <Plus aria-hidden /> New API
            </ButtonLink>
          )
        }
      >
        What the gateways of this environment serve.
      </PageHeader>
      <ApiList org={org} environment={environment} first={first} search={search ?? ""} />
    </>
  );
}
