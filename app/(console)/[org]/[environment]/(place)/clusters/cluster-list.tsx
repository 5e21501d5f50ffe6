"use client";

import { useQuery } from "@tanstack/react-query";
import { ClusterRows } from "./cluster-rows.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { Environment } from "#app/_trpc/views.ts";

export function ClusterList({
  org,
  environment,
  regionNames,
}: {
  org: string;
  environment: Environment;
  regionNames: Record<string, string>;
}) {
  const trpc = useTRPC();
  const { data } = useQuery({
    ...trpc.environment.get.queryOptions({ org, environment: environment.slug }),
    initialData: environment,
    refetchInterval: 5_000,
  });
  return <ClusterRows base={`/${org}/${environment.slug}`} clusters={data.clusters} regionNames={regionNames} />;
}
