import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { waitUntil } from "#base/wait.ts";
import { environmentView } from "#contracts/console/views.ts";
import { startCloud } from "#tools/testing/cloud.ts";
import { deployEnvironment } from "#tools/seed/deploy-environment.ts";
import { openAccount } from "#tools/seed/open-account.ts";
import { restClient } from "#tools/seed/rest-client.ts";
import { waitForRun } from "#tools/seed/wait-for-run.ts";
import { figure, rounded } from "./measure/figure.ts";
import { joinHybrid } from "./measure/hybrid.ts";

const ROUNDS = 3;
const destroying = z.object({ run: z.string() });

/** How long a person waits: a start, a deployment, a second cluster, a hybrid node, a destroy, and a machine that was killed. */
export async function benchCloud(): Promise<void> {
  const state = await mkdtemp(join(tmpdir(), "causeway-bench-"));
  // The first start builds what is not built; the later ones are what is told.
  await (await startCloud(state)).stop();
  let cloud = await timed("a later start, to a console that answers", () => startCloud(state));
  try {
    const person = { email: "bench@example.com", password: "a bench, and nothing else", organisation: "Bench" };
    const { apiToken } = await openAccount(cloud.url, person);
    let rest = restClient(cloud.url, apiToken);
    for (let round = 1; round <= ROUNDS; round += 1) {
      const at = await timed("deploy, to the first request answered by the new gateway", () =>
        deploy(rest, `Round ${round}`),
      );
      await timed("a second cluster, to live", () => addCluster(rest, at));
      const node = await timed("a hybrid node, from its command to connected with a revision applied", () =>
        joinHybrid(rest, at, join(state, `hybrid-${round}`)),
      );
      await node.end();
      if (round === ROUNDS) {
        const { endpoint } = (await rest.get(at, environmentView)).clusters.find((one) => one.endpoint)!;
        process.kill(cloud.pid, "SIGKILL");
        await waitUntil(async () => !(await answers(endpoint!)), { what: "all of it is gone", timeoutMs: 60_000 });
        cloud = await timed("kill -9, to every tenant's gateway answering after the next start", async () => {
          const again = await startCloud(state, { CAUSEWAY_PORT: new URL(cloud.url).port });
          await waitUntil(() => answers(endpoint!), { what: "the gateway answers", timeoutMs: 60_000, everyMs: 20 });
          return again;
        });
        rest = restClient(cloud.url, apiToken);
      }
      await timed("destroy an environment, to proven gone", () => destroy(rest, at, `Round ${round}`));
    }
  } finally {
    await cloud.stop();
    await rm(state, { recursive: true, force: true });
  }
}

async function timed<T>(name: string, task: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const value = await task();
  figure("cloud", name, { seconds: rounded((performance.now() - startedAt) / 1_000) });
  return value;
}

type Rest = ReturnType<typeof restClient>;

async function deploy(rest: Rest, name: string): Promise<string> {
  const { id, clusters } = await deployEnvironment(rest, { name, homeRegion: "eu-west-dublin" });
  const [home] = clusters;
  await waitUntil(() => answers(home!.endpoint!), { what: "the new gateway answers", timeoutMs: 10_000, everyMs: 20 });
  return `/environments/${id}`;
}

async function addCluster(rest: Rest, at: string): Promise<void> {
  const body = { kind: "cloud", name: "Remote", region: "us-east-virginia" };
  await waitForRun(rest, (await rest.post(`${at}/clusters`, body, z.object({ run: z.string() }))).run);
}

async function destroy(rest: Rest, at: string, name: string): Promise<void> {
  const { run } = await rest.delete(`${at}?confirm=${encodeURIComponent(name)}`, destroying);
  await waitForRun(rest, run);
}

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );
