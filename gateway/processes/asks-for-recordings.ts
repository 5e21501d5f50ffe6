import type { ResolvedApi } from "#contracts/api/resolved.ts";
import { versionsOf } from "#contracts/api/versions-of.ts";

/** Whether an API, one of its versions or one of their operations wants exchanges recorded. */
export function asksForRecordings(api: ResolvedApi): boolean {
  const definitions = [api, ...versionsOf(api).map(({ definition }) => definition)];
  return definitions.some(
    ({ recording, operations }) => Boolean(recording) || operations.some((one) => Boolean(one.recording)),
  );
}
