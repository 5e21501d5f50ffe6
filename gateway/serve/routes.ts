import type { Quarantined } from "#contracts/revision/snapshot.ts";
import type { CompiledApi, ReplyStep } from "#gateway/pipeline/index.ts";
import { HostRouter } from "#gateway/route/index.ts";

/** What one applied configuration serves. Replaced whole, by one assignment. */
export interface Routes {
  router: HostRouter<CompiledApi>;
  /** Those that are served, the internal ones among them. */
  byId: ReadonlyMap<string, CompiledApi>;
  maxBodyBytes: number;
  /** What changes answers where no API was found. */
  replies: readonly ReplyStep[] | null;
}

export function emptyRoutes(): Routes {
  return { router: new HostRouter(), byId: new Map(), maxBodyBytes: 0, replies: null };
}

/** Lays APIs into a router. Where two claim the same host and path the first keeps it and the second is named. */
export function buildRoutes(
  apis: readonly CompiledApi[],
  maxBodyBytes: number,
  replies: Routes["replies"] = null,
): { routes: Routes; quarantined: Quarantined[] } {
  const router = new HostRouter<CompiledApi>();
  const quarantined: Quarantined[] = [];
  const byId = new Map<string, CompiledApi>();
  for (const api of apis) {
    const { state, listen } = api.definition;
    if (state === "inactive") continue;
    byId.set(api.id, api);
    if (listen.internal) continue;
    const taken = router.add(listen.host, listen.path, api);
    const place = `${listen.host ?? "any host"} ${listen.path}`;
    if (taken) quarantined.push({ entity: api.id, reason: `listen: ${place} is taken by ${taken.value.id}` });
  }
  return { routes: { router, byId, maxBodyBytes, replies }, quarantined };
}
