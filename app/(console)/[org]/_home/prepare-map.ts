import type { ClusterDetail, Environment } from "#app/_trpc/views.ts";
import type { Place } from "#app/_map/place.ts";
import type { LampKind, MapLamp, MapLink } from "#app/_map/world-map.tsx";

/** Calls a second through a cluster, as its nodes say; null when none of them was heard. */
export function callsPerSecond(cluster: Pick<ClusterDetail, "nodes"> | undefined): number | null {
  const heard = cluster?.nodes.filter((node) => node.status === "connected" && node.live !== null) ?? [];
  if (heard.length === 0) return null;
  return heard.reduce((sum, node) => sum + (node.live?.rps ?? 0), 0);
}

/** Regions as lamps and roads from each home to its clusters elsewhere. `rps` by cluster id; missing: not known. */
export function prepareMap(places: Place[], environments: Environment[], rps: ReadonlyMap<string, number | null>) {
  const lamps = places.map((place): MapLamp => {
    const homes = environments.filter((environment) => environment.homeRegion === place.id && environment.controlPlane);
    const clusters = environments
      .flatMap((environment) => environment.clusters)
      .filter(({ region }) => region === place.id);
    const caption =
      clusters.length > 0 ? `${clusters.length} ${clusters.length === 1 ? "cluster" : "clusters"}` : undefined;
    return { ...place, kind: lampKind(homes, clusters), caption };
  });
  return { lamps, links: environments.flatMap((environment) => roadsOf(places, environment, rps)) };
}

function lampKind(homes: Environment[], clusters: Environment["clusters"]): LampKind {
  const here = [...homes.map((home) => home.controlPlane!), ...clusters];
  if (here.some(({ state }) => state === "failed")) return "attention";
  if (here.some(({ state }) => state === "pending" || state === "provisioning")) return "waiting";
  if (homes.length > 0) return "home";
  return clusters.length > 0 ? "cluster" : "idle";
}

function roadsOf(places: Place[], environment: Environment, rps: ReadonlyMap<string, number | null>): MapLink[] {
  const from = places.find(({ id }) => id === environment.homeRegion);
  if (!from || !environment.controlPlane) return [];
  return environment.clusters.flatMap((cluster): MapLink[] => {
    const to = places.find(({ id }) => id === cluster.region);
    if (!to || to.id === from.id) return [];
    return [{ id: cluster.id, from, to, busy: (rps.get(cluster.id) ?? 0) > 0, broken: cluster.state !== "live" }];
  });
}
