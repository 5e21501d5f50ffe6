import { runDetail, runEventView } from "#contracts/console/views.ts";
import { isTerminal } from "#contracts/deployment/run.ts";
import type { RestClient } from "./rest-client.ts";
import { SeedFailed } from "./seed-failed.ts";

/** A stack on this machine comes up in seconds; this much later nobody waits any more. */
const RUN_WITHIN_MS = 180_000;

/** Follows a run by its events until it has succeeded; any other end is an error with the run's own reason. */
export async function waitForRun(rest: RestClient, run: string): Promise<void> {
  const signal = AbortSignal.timeout(RUN_WITHIN_MS);
  for await (const { body } of rest.follow(`/runs/${run}/events`, runEventView, signal))
    if (body.kind === "state" && isTerminal(body.state)) break;
  const ended = await rest.get(`/runs/${run}`, runDetail);
  if (ended.state === "succeeded") return;
  const { message = "", remedy = "" } = ended.failure ?? {};
  throw new SeedFailed(`${ended.deploymentName} did not come up (${ended.state}). ${message} ${remedy}`.trim());
}
