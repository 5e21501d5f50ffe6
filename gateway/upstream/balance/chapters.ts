import type { ResolvedApi } from "#contracts/api/resolved.ts";
import { versionsOf, type ApiVersion } from "#contracts/api/versions-of.ts";
import type { Upstream } from "#contracts/api/upstream.ts";

/** Targets that are chosen among together: those of an API, and of each of its versions that has its own. */
export function upstreamsOf(api: ResolvedApi): { id: string; upstream: Upstream }[] {
  const { id, upstream } = api;
  const versions = versionsOf(api).filter(hasOwnTargets);
  return [
    { id, upstream },
    ...versions.map((version) => ({ id: chapterOf(id, version), upstream: version.definition.upstream })),
  ];
}

export function chaptersOf(api: ResolvedApi): string[] {
  return api.versioning === undefined ? [api.id] : upstreamsOf(api).map(({ id }) => id);
}

/** An id of an API holds no at sign, so that no other API has this name. */
export function chapterOf(id: string, version: ApiVersion | undefined): string {
  return version !== undefined && hasOwnTargets(version) ? `${id}@${version.name}` : id;
}

export function hasOwnTargets({ own }: ApiVersion): boolean {
  return own.has("upstream");
}
