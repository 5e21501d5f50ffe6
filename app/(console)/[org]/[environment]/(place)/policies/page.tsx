import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { PolicyList } from "./policy-list.tsx";
import { load, preload } from "#app/_trpc/load.ts";
import { ButtonLink } from "#app/_ui/button.tsx";
import { PageHeader } from "#app/_ui/panel.tsx";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "Policies" };

export default async function PoliciesPage({ params }: { params: Promise<{ org: string; environment: string }> }) {
  const { org, environment } = await params;
  const api = await serverCaller();
  const [organisation, first] = await Promise.all([
    load(api.organisation.get({ org })),
    preload(api.policy.list({ org, environment })),
  ]);
  return (
    <>
      <PageHeader
        title="Policies"
        actions={
          organisation.permissions.includes("policy:write") && (
            <ButtonLink href={`/${org}/${environment}/policies/new`} look="primary">
              <Plus aria-hidden /> New policy
            </ButtonLink>
          )
        }
      >
        Rights and limits that many keys share. A change reaches all of them within seconds.
      </PageHeader>
      <PolicyList org={org} environment={environment} first={first} />
    </>
  );
}
