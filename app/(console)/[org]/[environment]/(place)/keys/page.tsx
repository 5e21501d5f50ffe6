import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { KeyList } from "./key-list.tsx";
import { load, preload } from "#app/_trpc/load.ts";
import { ButtonLink } from "#app/_ui/button.tsx";
import { PageHeader } from "#app/_ui/panel.tsx";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "Keys" };

export default async function KeysPage({ params }: { params: Promise<{ org: string; environment: string }> }) {
  const { org, environment } = await params;
  const api = await serverCaller();
  const [organisation, first] = await Promise.all([
    load(api.organisation.get({ org })),
    preload(api.key.list({ org, environment })),
  ]);
  const mayWrite = organisation.permissions.includes("key:write");
  return (
    <>
      <PageHeader
        title="Keys"
        actions={
          mayWrite && (
            <ButtonLink href={`/${org}/${environment}/keys/new`} look="primary">
              <Plus aria-hidden /> New key
            </ButtonLink>
          )
        }
      >
        Credentials of those who call. Each is shown once, when it is made; only its hash is kept.
      </PageHeader>
      <KeyList org={org} environment={environment} first={first} mayWrite={mayWrite} />
    </>
  );
}
