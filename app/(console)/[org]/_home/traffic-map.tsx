"use client";

import { useQueries } from "@tanstack/react-query";
import { callsPerSecond, prepareMap } from "./prepare-map.ts";
import { perSecond } from "#app/_charts/figures.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { Environment } from "#app/_trpc/views.ts";
import type { Place } from "#app/_map/place.ts";
import { WorldMap } from "#app/_map/world-map.tsx";
import { Lamp } from "#app/_ui/state.tsx";

/** More clusters than this are drawn but not asked for their traffic. */
const ASKED = 24;

export function TrafficMap({
  org,
  places,
  environments,
}: {
  org: string;
  places: Place[];
  environments: Environment[];
}) {
  const trpc = useTRPC();
  const clusters = environments.flatMap((environment) =>
    environment.clusters
      .filter(({ state }) => state === "live")
      .map((cluster) => ({ id: cluster.id, name: cluster.name, kind: cluster.kind, environment: environment.slug })),
  );
  const details = useQueries({
    queries: clusters
      .slice(0, ASKED)
      .map(({ id, environment }) =>
        trpc.cluster.get.queryOptions({ org, environment, cluster: id }, { refetchInterval: 5_000 }),
      ),
  });
  const rps = new Map(details.map(({ data }, index) => [clusters[index]!.id, callsPerSecond(data)]));
  const { lamps, links } = prepareMap(places, environments, rps);
  const hybrid = clusters.filter(({ kind }) => kind === "hybrid_cluster");
  const known = [...rps.values()].filter((value) => value !== null);
  return (
    <div className="mb-10 overflow-hidden rounded-lg border bg-surface">
      <div className="px-2 py-4 sm:px-6">
        <WorldMap lamps={lamps} links={links} className="mx-auto max-w-[880px]" />
      </div>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-1.5 border-t px-4 py-2.5 text-sm text-ink-2">
        <span>{regionsInUse(lamps.filter(({ kind }) => kind !== "idle").map(({ name }) => name))}</span>
        {hybrid.map((cluster) => (
          <span key={cluster.id} className="inline-flex items-center gap-2">
            <Lamp tone={(rps.get(cluster.id) ?? null) === null ? "still" : "good"} />
            {cluster.name}, in your own network
          </span>
        ))}
        {known.length > 0 && (
          <span className="ml-auto">
            <span className="font-medium text-ink">{perSecond(known.reduce((sum, value) => sum + value, 0))}</span>{" "}
            calls a second now
          </span>
        )}
      </div>
    </div>
  );
}

function regionsInUse(names: string[]): string {
  if (names.length === 0) return "No region in use yet";
  return names.length === 1 ? `In use: ${names[0]}` : `In use: ${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
