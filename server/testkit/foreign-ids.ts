import type { Holding } from "./world.ts";

/** What a member of this name may hold of another tenant, by each way of naming it. */
export function foreignIds(stranger: Holding, member: string, path: string): string[] {
  const ids: Record<string, string[]> = {
    environment: [stranger.environment, stranger.environmentId],
    cluster: [stranger.hybrid],
    run: [stranger.run],
    api: [stranger.api],
    policy: [stranger.policy],
    key: [stranger.key],
    token: [/api-?token/i.test(path) ? stranger.apiToken : stranger.enrolment.id],
    node: [stranger.node],
  };
  return ids[member] ?? [];
}
