"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import type { SettingsMember } from "#app/_trpc/views.ts";
import { Section } from "#app/_ui/panel.tsx";
import { QueryView } from "#app/_ui/query-view.tsx";
import { SearchField } from "#app/_ui/search-field.tsx";

export type MembersQuery = UseQueryResult<SettingsMember[], unknown>;

/** What may be written, with what the schema says of it, found as one types. */
export function SourceMembers({ query, below = "" }: { query: MembersQuery; below?: string | undefined }) {
  const [search, setSearch] = useState("");
  return (
    <Section title="Members" className="min-w-0">
      <SearchField label="Search members" value={search} onChange={setSearch} />
      <QueryView query={query} what="the members">
        {(members) => <Found members={found(members, search, below)} />}
      </QueryView>
    </Section>
  );
}

/** Without a search, what stands at the beginning of a line, or directly `below`: the rest is a step further. */
function found(members: readonly SettingsMember[], search: string, below: string): readonly SettingsMember[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0)
    return members.filter(({ path }) => !/[.[]/.test(path.startsWith(below) ? path.slice(below.length) : path));
  return members.filter(({ path, meaning }) =>
    words.every((word) => `${path} ${meaning}`.toLowerCase().includes(word)),
  );
}

function Found({ members }: { members: readonly SettingsMember[] }) {
  if (members.length === 0) return <p className="text-ink-3">No member is called so. Try another word.</p>;
  return (
    <section
      aria-label="Members found"
      // Scrollable content has to be reachable by keyboard.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="hairline-scroll max-h-[min(60vh,640px)] overflow-y-auto rounded-lg border bg-surface"
    >
      <dl className="divide-y">
        {members.map(({ path, meaning }) => (
          <div key={path} className="px-3 py-2">
            <dt className="font-mono text-sm break-all">{path}</dt>
            <dd className="text-sm break-words text-ink-2">{meaning.replaceAll("`", "")}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
