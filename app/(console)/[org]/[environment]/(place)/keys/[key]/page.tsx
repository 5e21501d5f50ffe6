import type { Metadata } from "next";
import { readAccessView } from "../../_access/views.ts";
import { KeyPage } from "./key-page.tsx";
import { load, preload } from "#app/_trpc/load.ts";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "Key" };

interface Props {
  params: Promise<{ org: string; environment: string; key: string }>;
  searchParams: Promise<{ view?: string }>;
}

export default async function KeyRoute({ params, searchParams }: Props) {
  const input = await params;
  const { view } = await searchParams;
  const api = await serverCaller();
  const [organisation, first] = await Promise.all([
    load(api.organisation.get({ org: input.org })),
    preload(api.key.get(input)),
  ]);
  return (
    <KeyPage
      input={input}
      first={first}
      view={readAccessView(view)}
      mayWrite={organisation.permissions.includes("key:write")}
    />
  );
}
