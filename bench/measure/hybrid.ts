import { join } from "node:path";
import { z } from "zod";
import { endChild, spawnLeashed } from "#base/leash.ts";
import { waitUntil } from "#base/wait.ts";
import { clusterDetail, enrolmentTokenCreated } from "#contracts/console/views.ts";
import { repository } from "#tools/bundle.ts";
import { freePort } from "#tools/testing/free-port.ts";
import type { RestClient } from "#tools/seed/rest-client.ts";

const made = z.object({ cluster: z.string(), enrolment: enrolmentTokenCreated });

/** A hybrid cluster of one node: the packed gateway as a process of its own, resolved when it serves a revision. */
export async function joinHybrid(
  rest: RestClient,
  at: string,
  folder: string,
): Promise<{ url: string; end: () => Promise<void> }> {
  const { cluster, enrolment } = await rest.post(`${at}/clusters`, { kind: "hybrid", name: "Hybrid" }, made);
  const [port, adminPort] = [await freePort(), await freePort()];
  const child = spawnLeashed(process.execPath, [join(repository, "dist/gateway/gateway.mjs")], {
    env: {
      PATH: process.env.PATH ?? "",
      // The install command carries the console's address for a terminal; this is the same one.
      CAUSEWAY_URL: /CAUSEWAY_URL=(\S+)/.exec(enrolment.install[0]!.command)![1]!,
      CAUSEWAY_TOKEN: enrolment.token,
      CAUSEWAY_LISTEN: `127.0.0.1:${port}`,
      CAUSEWAY_ADMIN: `127.0.0.1:${adminPort}`,
      CAUSEWAY_WORKERS: "1",
      CAUSEWAY_DATA_DIR: folder,
    },
  });
  for (const stream of [child.stdout, child.stderr]) stream.resume();
  const serves = async () =>
    (await rest.get(`/clusters/${cluster}`, clusterDetail)).nodes.some(({ live }) => live?.applied);
  await waitUntil(serves, { what: "the hybrid node serves a revision", timeoutMs: 15_000, everyMs: 20 });
  return { url: `http://127.0.0.1:${port}`, end: () => endChild(child, 15_000) };
}
