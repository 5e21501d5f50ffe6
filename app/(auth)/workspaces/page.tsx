import type { Metadata } from "next";
import Link from "next/link";
import { AuthHeading } from "#app/(auth)/auth-heading.tsx";
import { load } from "#app/_trpc/load.ts";
import { Notice } from "#app/_ui/state.tsx";
import { serverCaller } from "#server/trpc/caller.ts";

export const metadata: Metadata = { title: "Choose a workspace" };

export default async function WorkspacesPage() {
  const api = await serverCaller();
  const me = await load(api.auth.me());
  return (
    <>
      <AuthHeading title="Choose a workspace">Signed in as {me.email}.</AuthHeading>
      {me.workspaces.length === 0 && (
        <Notice tone="still" title="No organisation yet">
          Ask an owner or admin of your organisation to add {me.email}.
        </Notice>
      )}
      <ul className="grid gap-px overflow-hidden rounded-lg border bg-line empty:hidden">
        {me.workspaces.map((workspace) => (
          <li key={workspace.id} className="bg-surface">
            <Link
              href={`/${workspace.slug}`}
              className="flex items-center justify-between gap-4 px-4 py-3 transition-colors hover:bg-sunken focus-visible:-outline-offset-2"
            >
              <span className="truncate font-medium">{workspace.name}</span>
              <span className="text-sm text-ink-3">{workspace.role}</span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
