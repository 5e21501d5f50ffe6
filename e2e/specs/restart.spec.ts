import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { z } from "zod";
import { waitUntil } from "#base/wait.ts";
import { keyCreated, keyView } from "#contracts/plane/entities.ts";
import { pageOf } from "#contracts/problem.ts";
import { deployEnvironment } from "#tools/seed/deploy-environment.ts";
import { startCloud } from "#tools/testing/cloud.ts";
import { ordersUrl } from "../fixtures/environment.ts";
import { newTenant } from "../fixtures/tenant.ts";
import { callOnce } from "../fixtures/traffic.ts";

test("killed with -9, nothing outlives it for long, and the next start brings every tenant back", async () => {
  const state = await mkdtemp(join(tmpdir(), "causeway-restart-"));
  let cloud = await startCloud(state);
  try {
    const { rest } = await newTenant(cloud.url, "Comeback");
    const environment = await deployEnvironment(rest, { name: "Production", homeRegion: "us-east-virginia" });
    const at = `/environments/${environment.id}`;
    const api = { name: "Orders", listenPath: "/orders", upstreamUrl: ordersUrl() };
    const { id } = await rest.post(`${at}/apis`, api, z.object({ id: z.string() }));
    const { secret } = await rest.post(`${at}/keys`, { name: "Acme", apis: { [id]: {} } }, keyCreated);
    const url = `${environment.clusters[0]!.endpoint}/orders/1`;
    const answers = () => callOnce(url, secret).then((status) => status === 200);
    await waitUntil(answers, { what: "the first call is answered", timeoutMs: 10_000 });

    process.kill(cloud.pid, "SIGKILL");
    const gone = async () => (await callOnce(url, secret)) !== 200 && !(await isAnswered(cloud.url));
    await waitUntil(gone, { what: "gateway and console are gone", timeoutMs: 30_000 });

    cloud = await startCloud(state, { CAUSEWAY_PORT: new URL(cloud.url).port });
    await waitUntil(answers, { what: "the tenant's gateway answers again", timeoutMs: 60_000 });
    expect(await rest.get(`${at}/keys`, pageOf(keyView))).toMatchObject({ items: [{ name: "Acme" }] });
  } finally {
    await cloud.stop();
    await rm(state, { recursive: true, force: true });
  }
});

async function isAnswered(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}
