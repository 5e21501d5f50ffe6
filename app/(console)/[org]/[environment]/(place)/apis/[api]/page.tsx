import type { Metadata } from "next";
import { ApiPage } from "./api-page.tsx";
import { readSource, readView } from "./views.ts";
import { load, preload } from "#app/_trpc/load.ts";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "API" };

interface Props {
  params: Promise<{ org: string; environment: string; api: string }>;
  searchParams: Promise<{ view?: string; source?: string }>;
}

export default async function ApiRoute({ params, searchParams }: Props) {
  const { org, environment, api: id } = await params;
  const { view, source } = await searchParams;
  const api = await serverCaller();
  const [organisation, first] = await Promise.all([
    load(api.organisation.get({ org })),
    preload(api.api.get({ org, environment, api: id })),
  ]);
  return (
    <ApiPage
      input={{ org, environment, api: id }}
      first={first}
      view={readView(view)}
      source={readSource(source)}
      mayWrite={organisation.permissions.includes("api:write")}
    />
  );
}
