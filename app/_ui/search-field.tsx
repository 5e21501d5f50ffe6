"use client";

import { Search } from "lucide-react";

/** Filters as one types; the URL remembers, so that a link shows what its sender saw. */
export function SearchField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (text: string) => void;
}) {
  return (
    <div className="relative mb-3 max-w-sm">
      <Search aria-hidden className="pointer-events-none absolute top-2.5 left-3 size-4 text-ink-3" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="h-9 w-full rounded-md border border-line-strong bg-surface pr-3 pl-9 placeholder:text-ink-3 hover:border-ink-3 focus-visible:outline-offset-0"
      />
    </div>
  );
}

export function keepSearchInUrl(text: string): void {
  const url = new URL(window.location.href);
  if (text.trim()) url.searchParams.set("search", text.trim());
  else url.searchParams.delete("search");
  window.history.replaceState(null, "", url);
}
