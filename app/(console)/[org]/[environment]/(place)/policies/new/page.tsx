import type { Metadata } from "next";
import { readAccessView } from "../../_access/views.ts";
import { NewPolicy } from "./new-policy.tsx";
import { load } from "#app/_trpc/load.ts";
import { PageHeader } from "#app/_ui/panel.tsx";
import { Notice } from "#app/_ui/state.tsx";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "New policy" };

interface Props {
  params: Promise<{ org: string; environment: string }>;
  searchParams: Promise<{ view?: string }>;
}

export default async function NewPolicyPage({ params, searchParams }: Props) {
  const { org, environment } = await params;
  const { view } = await searchParams;
  const organisation = await load((await serverCaller()).organisation.get({ org }));
  return (
    <>
      <PageHeader title="New policy">What its keys may call, and how often.</PageHeader>
      {organisation.permissions.includes("policy:write") ? (
        <NewPolicy org={org} environment={environment} view={readAccessView(view)} />
      ) : (
        <Notice tone="still" title="Your role may not make policies">
          You are {organisation.role} here. Ask a developer, an admin or an owner of {organisation.name}.
        </Notice>
      )}
    </>
  );
}
