import { z } from "zod";
import { environmentView } from "#contracts/console/views.ts";
import type { RestClient } from "./rest-client.ts";
import { waitForRun } from "./wait-for-run.ts";

const queued = z.object({ environment: z.string(), clusterRun: z.string() });

/** An environment with its control plane and home cluster, once both are live. */
export async function deployEnvironment(
  rest: RestClient,
  wanted: { name: string; homeRegion: string; kind?: string },
): Promise<z.infer<typeof environmentView>> {
  const { environment, clusterRun } = await rest.post("/environments", wanted, queued);
  // It follows the control plane's run, so its success is that of both.
  await waitForRun(rest, clusterRun);
  return rest.get(`/environments/${environment}`, environmentView);
}
