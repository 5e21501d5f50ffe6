import Link from "next/link";
import type { ReactNode } from "react";
import { AccountMenu } from "./_shell/account-menu.tsx";
import { PaletteButton } from "./_shell/palette-button.tsx";
import { Switcher } from "./_shell/switcher.tsx";
import { ApiProvider } from "#app/_trpc/client.tsx";
import { load } from "#app/_trpc/load.ts";
import { LogoMark } from "#app/_ui/logo.tsx";
import { serverCaller } from "#server/trpc/caller.ts";

/** The frame of every page of an organisation: who, where, and the way to everything else. */
export default async function OrganisationLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ org: string }>;
}) {
  const { org } = await params;
  const api = await serverCaller();
  const [me, organisation, list] = await load(
    Promise.all([api.auth.me(), api.organisation.get({ org }), api.environment.list({ org })]),
  );
  const environments = list.map(({ slug, name }) => ({ slug, name }));
  return (
    <ApiProvider>
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-ink px-3 py-2 text-on-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <header className="sticky top-0 z-30 border-b bg-paper">
        <div className="flex h-13 items-center gap-1 px-4 sm:px-5">
          <Link href={`/${org}`} aria-label="Home" className="mr-1 rounded-sm p-1">
            <LogoMark />
          </Link>
          <Switcher me={me} organisation={organisation} environments={environments} />
          <div className="ml-auto flex items-center gap-2 pl-2">
            <PaletteButton org={org} environments={environments} />
            <AccountMenu me={me} org={org} />
          </div>
        </div>
      </header>
      {children}
    </ApiProvider>
  );
}
