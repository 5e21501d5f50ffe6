"use client";

import { Search } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import type { Environment } from "#app/_trpc/views.ts";
import { useInBrowser } from "#app/_ui/in-browser.ts";

// Loaded at its first use: nobody pays for the palette before pressing ⌘K.
const Palette = dynamic(() => import("./palette.tsx").then((module) => module.Palette), { ssr: false });

/** As keyboards here name them. The server cannot know, and nothing listens yet: a hint comes with its keys at work. */
const keysHere = () => (/mac|iphone|ipad/i.test(navigator.userAgent) ? "⌘K" : "Ctrl K");

export function PaletteButton({
  org,
  environments,
}: {
  org: string;
  environments: Pick<Environment, "slug" | "name">[];
}) {
  const [open, setOpen] = useState(false);
  const keys = useInBrowser(keysHere);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setOpen((shown) => !shown);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        aria-keyshortcuts={keys ? "Meta+K Control+K" : undefined}
        className="flex h-8 items-center gap-2 rounded-md border border-line-strong px-2.5 text-sm text-ink-2 transition-colors hover:bg-sunken max-sm:size-8 max-sm:justify-center max-sm:px-0"
      >
        <Search aria-hidden className="size-4" />
        <span className="max-sm:sr-only">Go to…</span>
        <kbd aria-hidden className="ml-4 min-w-8 text-right text-xs text-ink-3 max-md:hidden">
          {keys}
        </kbd>
      </button>
      {open && <Palette org={org} environments={environments} onClose={() => setOpen(false)} />}
    </>
  );
}
