"use client";

import { Building2, LogOut, Settings, UserRound } from "lucide-react";
import Link from "next/link";
import { ThemeChoice } from "./theme-choice.tsx";
import { signOut } from "./sign-out.ts";
import { Menu, MenuLine, menuItem } from "#app/_ui/menu.tsx";
import type { Me } from "#app/_trpc/views.ts";

export function AccountMenu({ me, org }: { me: Me; org: string }) {
  return (
    <Menu
      label="Account"
      align="end"
      triggerClass="size-8 justify-center border border-line-strong"
      trigger={<UserRound aria-hidden className="size-4 text-ink-2" />}
    >
      {(close) => (
        <>
          <div className="px-2.5 pt-1.5 pb-2">
            <p className="truncate font-medium">{me.name}</p>
            <p className="truncate text-sm text-ink-3">{me.email}</p>
          </div>
          <MenuLine />
          <ThemeChoice />
          <MenuLine />
          <Link href={`/${org}/~/settings`} className={menuItem} onClick={close}>
            <Settings aria-hidden /> Organisation and account
          </Link>
          {me.workspaces.length > 1 && (
            <Link href="/workspaces" className={menuItem} onClick={close}>
              <Building2 aria-hidden /> Change workspace
            </Link>
          )}
          <button type="button" className={menuItem} onClick={() => void signOut()}>
            <LogOut aria-hidden /> Sign out
          </button>
        </>
      )}
    </Menu>
  );
}
