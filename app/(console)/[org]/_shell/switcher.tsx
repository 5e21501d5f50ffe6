"use client";

import { Check, ChevronsUpDown, Plus } from "lucide-react";
import Link from "next/link";
import { clsx } from "clsx";
import { useParams } from "next/navigation";
import { Menu, MenuLabel, MenuLine, menuItem } from "#app/_ui/menu.tsx";
import type { Environment, Me, Organisation } from "#app/_trpc/views.ts";

type EnvironmentName = Pick<Environment, "slug" | "name">;

/** Organisation / environment, each a way to the others. */
export function Switcher({
  me,
  organisation,
  environments,
}: {
  me: Me;
  organisation: Organisation;
  environments: EnvironmentName[];
}) {
  const { environment: slug } = useParams<{ environment?: string }>();
  const current = environments.find((environment) => environment.slug === slug);
  const several = me.workspaces.length > 1;
  return (
    <div className="flex min-w-0 items-center">
      <Link
        href={`/${organisation.slug}`}
        className={clsx(
          "truncate rounded-md px-2 py-1 font-medium transition-colors hover:bg-sunken",
          // Beside it there is no room for both names; the mark at the left leads to the same page.
          current && "max-sm:hidden",
        )}
      >
        {organisation.name}
      </Link>
      {several && (
        <Menu label="Change workspace" triggerClass="size-6 justify-center" trigger={<Chevrons />}>
          <MenuLabel>Workspaces</MenuLabel>
          {me.workspaces.map((workspace) => (
            <Link key={workspace.id} href={`/${workspace.slug}`} className={menuItem}>
              <span className="flex-1 truncate">{workspace.name}</span>
              {workspace.slug === organisation.slug && <Check aria-label="Current" />}
            </Link>
          ))}
        </Menu>
      )}
      {current && (
        <>
          <span aria-hidden="true" className="px-0.5 text-line-strong max-sm:hidden">
            /
          </span>
          <Menu
            triggerClass="gap-1.5 px-2 py-1"
            trigger={
              <>
                <span className="truncate font-medium">{current.name}</span>
                <Chevrons />
              </>
            }
          >
            <MenuLabel>Environments</MenuLabel>
            {environments.map((environment) => (
              <Link key={environment.slug} href={`/${organisation.slug}/${environment.slug}`} className={menuItem}>
                <span className="flex-1 truncate">{environment.name}</span>
                {environment.slug === slug && <Check aria-label="Current" />}
              </Link>
            ))}
            <MenuLine />
            <Link href={`/${organisation.slug}/new`} className={menuItem}>
              <Plus aria-hidden /> New environment
            </Link>
          </Menu>
        </>
      )}
    </div>
  );
}

function Chevrons() {
  return <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-ink-3" />;
}
