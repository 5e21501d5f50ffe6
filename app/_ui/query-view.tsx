"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ProblemState } from "#app/_ui/problem-state.tsx";
import { RowsSkeleton } from "#app/_ui/skeleton.tsx";

/**
 * The four states of what is asked for: on its way, refused or failed, and there. Data that was seen once stays on the
 * screen while a later question fails; a line above says so.
 */
export function QueryView<T>({
  query,
  what,
  skeleton,
  children,
}: {
  query: UseQueryResult<T, unknown>;
  what: string;
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  const retry = () => void query.refetch();
  if (query.data === undefined)
    return query.error ? (
      <ProblemState error={query.error} retry={retry} what={what} />
    ) : (
      (skeleton ?? <RowsSkeleton what={what} />)
    );
  return (
    <>
      {query.error !== null && (
        <div className="mb-4">
          <ProblemState error={query.error} retry={retry} what={what} />
        </div>
      )}
      {children(query.data)}
    </>
  );
}
