import type { Metadata } from "next";
import { readAccessView } from "../../_access/views.ts";
import { PolicyPage } from "./policy-page.tsx";
import { load, preload } from "#app/_trpc/load.ts";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "Policy" };

interface Props {
  params: Promise<{ org: string; environment: string; policy: string }>;
  searchParams: Promise<{ view?: string }>;
}

export default async function PolicyRoute({ params, searchParams }: Props) {
  const input = await params;
  const { view } = await searchParams;
  const api = await serverCaller();
  const [organisation, first] = await Promise.all([
    load(api.organisation.get({ org: input.org })),
    preload(api.policy.get(input)),
  ]);
  return (
    <PolicyPage
      input={input}
      first={first}
      view={readAccessView(view)}
      mayWrite={organisation.permissions.includes("policy:write")}
    />
  );
}
