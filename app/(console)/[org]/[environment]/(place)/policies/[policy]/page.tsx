import type { Metadata } from "next";
import { PolicyPage } from "./policy-page.tsx";
import { load, preload } from "#app/_trpc/load.ts";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "Policy" };

interface Props {
  params: Promise<{ org: string; environment: string; policy: string }>;
}

export default async function PolicyRoute({ params }: Props) {
  const input = await params;
  const api = await serverCaller();
  const [organisation, first] = await Promise.all([
    load(api.organisation.get({ org: input.org })),
    preload(api.policy.get(input)),
  ]);
  return <PolicyPage input={input} first={first} mayWrite={organisation.permissions.includes("policy:write")} />;
}
