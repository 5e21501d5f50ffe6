import type { Metadata } from "next";
import { AccountSection } from "./account-section.tsx";
import { ApiTokens } from "./api-tokens.tsx";
import { MemberRows } from "./member-rows.tsx";
import { AuditList } from "#app/(console)/[org]/_activity/audit-list.tsx";
import { load, preload } from "#app/_trpc/load.ts";
import { PageHeader, Section } from "#app/_ui/panel.tsx";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "Organisation settings" };

export default async function OrganisationSettings({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params;
  const api = await serverCaller();
  const [organisation, me, members] = await Promise.all([
    load(api.organisation.get({ org })),
    load(api.auth.me()),
    preload(api.member.list({ org })),
  ]);
  const may = (permission: string) => organisation.permissions.includes(permission);
  return (
    <main id="content" className="mx-auto w-full max-w-[960px] px-4 py-8 sm:px-8 sm:py-10">
      <PageHeader title="Organisation settings">
        Your role in {organisation.name} is {organisation.role}.
      </PageHeader>
      <Section title="Members">
        <MemberRows org={org} first={members} me={me.id} />
      </Section>
      {may("apiToken:read") && <ApiTokens org={org} role={organisation.role} mayWrite={may("apiToken:write")} />}
      <AccountSection me={me} />
      {may("audit:read") && (
        <Section title="Activity of the organisation">
          <AuditList org={org} />
        </Section>
      )}
    </main>
  );
}
