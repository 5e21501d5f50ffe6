"use client";

import { clsx } from "clsx";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useLayoutEffect, useRef, type ReactNode } from "react";

/** A place of the environment; the current one carries a bar of ink. */
export function NavLink({ href, exact = false, children }: { href: string; exact?: boolean; children: ReactNode }) {
  const path = usePathname();
  const current = exact ? path === href : path === href || path.startsWith(`${href}/`);
  const link = useRef<HTMLAnchorElement>(null);
  // On a narrow screen the places are a line that scrolls: the current one must not stand outside of it.
  useLayoutEffect(() => {
    const line = link.current?.parentElement;
    if (!current || !link.current || !line) return;
    line.scrollLeft = link.current.offsetLeft - (line.clientWidth - link.current.offsetWidth) / 2;
  }, [current]);
  return (
    <Link
      ref={link}
      href={href}
      aria-current={current ? "page" : undefined}
      className={clsx(
        "relative flex h-8 items-center gap-2.5 rounded-md px-2.5 whitespace-nowrap transition-colors [&_svg]:size-4 [&_svg]:shrink-0",
        current
          ? "bg-sunken font-medium text-ink [&_svg]:text-ink"
          : "text-ink-2 hover:bg-sunken hover:text-ink [&_svg]:text-ink-3",
      )}
    >
      {children}
    </Link>
  );
}
