import type { Metadata } from "next";
import { readAccessView } from "../../_access/views.ts";
import { NewPolicy } from "./new-policy.tsx";
import { PageHeader } from "#app/_ui/panel.tsx";

export const metadata: Metadata = { title: "New policy" };

interface Props {
  params: Promise<{ org: string; environment: string }>;
  searchParams: Promise<{ view?: string }>;
}

export default async function NewPolicyPage({ params, searchParams }: Props) {
  const { org, environment } = await params;
  const { view } = await searchParams;
  return (
    <>
      <PageHeader title="New policy">What its keys may call, and how often.</PageHeader>
      <NewPolicy org={org} environment={environment} view={readAccessView(view)} />
    </>
  );
}
