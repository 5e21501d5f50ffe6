import { LIFECYCLE } from "./lifecycle.ts";
import type { ResolvedApi } from "./resolved.ts";

/** One version as an API of its own: what the API says, but for what the version says. */
export interface ApiVersion {
  name: string;
  settings: ResolvedVersion;
  definition: ResolvedApi;
  /** Members that it has in place of its API's. */
  own: ReadonlySet<string>;
}
export type ResolvedVersion = NonNullable<ResolvedApi["versioning"]>["versions"][string];

/** The versions of an API, in their order; none where it has no `versioning`. */
export function versionsOf(api: ResolvedApi): ApiVersion[] {
  return Object.entries(api.versioning?.versions ?? {}).map(([name, settings]) => {
    const about: ReadonlySet<string> = new Set(LIFECYCLE);
    const overrides = Object.fromEntries(
      Object.entries(settings).filter(([member, value]) => value !== undefined && !about.has(member)),
    );
    const definition = { ...api, ...overrides };
    return { name, settings, definition, own: new Set(Object.keys(overrides)) };
  });
}
