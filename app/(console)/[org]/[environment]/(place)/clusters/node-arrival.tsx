"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTRPC } from "#app/_trpc/client.tsx";
import { Notice } from "#app/_ui/state.tsx";

/** Waits for a node and turns green by itself when it is there. */
export function NodeArrival({
  org,
  environment,
  cluster,
  children,
}: {
  org: string;
  environment: string;
  cluster: string;
  /** What to do for it to come. */
  children: ReactNode;
}) {
  const trpc = useTRPC();
  const { data } = useQuery({
    ...trpc.cluster.get.queryOptions({ org, environment, cluster }),
    refetchInterval: 2_000,
  });
  const connected = data?.nodes.filter(({ status }) => status === "connected") ?? [];
  const [first] = connected;
  return (
    <div aria-live="polite">
      {first ? (
        <Notice
          tone="good"
          title={connected.length === 1 ? `${first.hostname} is connected` : `${connected.length} nodes are connected`}
        >
          {first.live?.applied
            ? `It has applied revision ${first.live.applied.revision} and serves traffic.`
            : "It is fetching its first revision."}
        </Notice>
      ) : (
        <Notice tone="busy" title="Waiting for the first node">
          {children} This page turns green by itself, usually within seconds.
        </Notice>
      )}
    </div>
  );
}
