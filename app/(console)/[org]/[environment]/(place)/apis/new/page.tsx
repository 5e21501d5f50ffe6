import type { Metadata } from "next";
import { NewApiForm } from "./new-api-form.tsx";
import { load } from "#app/_trpc/load.ts";
import { PageHeader } from "#app/_ui/panel.tsx";
import { Notice } from "#app/_ui/state.tsx";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "New API" };

export default async function NewApiPage({ params }: { params: Promise<{ org: string; environment: string }> }) {
  const { org, environment } = await params;
  const api = await serverCaller();
  const organisation = await load(api.organisation.get({ org }));
  return (
    <>
      <PageHeader title="New API">
        From an OpenAPI 3.0 or 3.1 document, or from nothing but a path and an upstream.
      </PageHeader>
      {organisation.permissions.includes("api:write") ? (
        <NewApiForm org={org} environment={environment} />
      ) : (
        <Notice tone="still" title="Your role may not create APIs">
          You are {organisation.role} here. Ask a developer, an admin or an owner of {organisation.name}.
        </Notice>
      )}
    </>
  );
}
