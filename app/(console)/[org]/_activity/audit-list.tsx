"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { AuditEntry } from "./audit-entry.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import { Button } from "#app/_ui/button.tsx";
import { Empty } from "#app/_ui/empty.tsx";
import { ProblemState } from "#app/_ui/problem-state.tsx";
import { RowsSkeleton } from "#app/_ui/skeleton.tsx";

/** The audit log of an environment, or of the whole organisation; newest first, a page at a time. */
export function AuditList({ org, environment }: { org: string; environment?: string }) {
  const trpc = useTRPC();
  const pages = useInfiniteQuery(
    trpc.audit.list.infiniteQueryOptions(
      { org, ...(environment ? { environment } : {}) },
      { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined },
    ),
  );
  if (!pages.data)
    return pages.error ? (
      <ProblemState error={pages.error} retry={() => void pages.refetch()} what="activity" />
    ) : (
      <RowsSkeleton what="activity" />
    );
  const entries = pages.data.pages.flatMap(({ items }) => items);
  if (entries.length === 0)
    return <Empty title="Nothing has changed yet">Every write is kept here with who made it.</Empty>;
  return (
    <>
      <ol aria-label="Changes" className="grid gap-px overflow-hidden rounded-lg border bg-line">
        {entries.map((entry) => (
          <AuditEntry key={entry.id} entry={entry} />
        ))}
      </ol>
      {pages.hasNextPage && (
        <div className="mt-4">
          <Button busy={pages.isFetchingNextPage && "Loading…"} onClick={() => void pages.fetchNextPage()}>
            Show older
          </Button>
        </div>
      )}
    </>
  );
}
