import type { Metadata } from "next";
import { NewPolicy } from "./new-policy.tsx";
import { PageHeader } from "#app/_ui/panel.tsx";

export const metadata: Metadata = { title: "New policy" };

export default async function NewPolicyPage({ params }: { params: Promise<{ org: string; environment: string }> }) {
  const { org, environment } = await params;
  return (
    <>
      <PageHeader title="New policy">What its keys may call, and how often.</PageHeader>
      <NewPolicy org={org} environment={environment} />
    </>
  );
}
