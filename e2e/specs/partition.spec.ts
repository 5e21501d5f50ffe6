import { expect, test } from "@playwright/test";
import { z } from "zod";
import { waitUntil } from "#base/wait.ts";
import { clusterDetail, enrolmentTokenCreated } from "#contracts/console/views.ts";
import { analyticsReport } from "#contracts/plane/analytics.ts";
import { keyCreated } from "#contracts/plane/entities.ts";
import { newToken } from "#base/token.ts";
import { deployEnvironment } from "#tools/seed/deploy-environment.ts";
import type { RestClient } from "#tools/seed/rest-client.ts";
import { consoleUrl, ordersUrl } from "../fixtures/environment.ts";
import { runInstallCommand, type HybridGateway } from "../fixtures/hybrid-gateway.ts";
import { processOf } from "../fixtures/region.ts";
import { newTenant } from "../fixtures/tenant.ts";
import { callOnce, Traffic } from "../fixtures/traffic.ts";

test("the control plane freezes, dies and comes back under traffic: no call fails and every call is counted", async () => {
  const { rest, statusOf } = await newTenant(consoleUrl(), "Partition");
  const environment = await deployEnvironment(rest, { name: "Production", homeRegion: "eu-west-dublin" });
  const at = `/environments/${environment.id}`;
  const api = await rest.post(
    `${at}/apis`,
    {
      name: "Orders",
      listenPath: "/orders",
      upstreamUrl: ordersUrl(),
    },
    z.object({ id: z.string() }),
  );
  const makeKey = (name: string) => rest.post(`${at}/keys`, { name, apis: { [api.id]: {} } }, keyCreated);
  const [steady, doomed] = [await makeKey("Steady"), await makeKey("Doomed")];
  const hybrid = await joinHybrid(rest, at);
  const plane = environment.controlPlane!.id;
  const urls = [`${environment.clusters[0]!.endpoint}/orders/1`, `${hybrid.url}/orders/1`];
  let strayCalls = 0;
  try {
    await enforced(urls, steady.secret, 200, () => (strayCalls += 1));
    await enforced(urls, doomed.secret, 200, () => (strayCalls += 1));
    const traffic = urls.map((url) => new Traffic(url, steady.secret));

    // Frozen, it neither answers nor closes a connection: the half-open case.
    const pid = await processOf(plane, "control-plane");
    process.kill(pid, "SIGSTOP");
    await moreCalls(traffic, 200);
    const stranger = newToken("key");
    for (const url of urls) {
      expect(await callOnce(url, stranger), "an unknown key during the partition is not called wrong").toBe(503);
      strayCalls += 1;
    }
    expect(await statusOf("DELETE", `${at}/keys/${doomed.id}`)).toBe(503);
    traffic.push(await restartUnderPartition(hybrid, traffic, urls[1]!, steady.secret));
    await moreCalls([traffic[0]!, traffic.at(-1)!], 200);

    process.kill(pid, "SIGKILL");
    await waitUntil(async () => (await processOf(plane, "control-plane")) !== pid, {
      what: "the region starts the control plane again",
      timeoutMs: 15_000,
    });
    await moreCalls([traffic[0]!, traffic.at(-1)!], 200);
    await waitUntil(async () => (await statusOf("DELETE", `${at}/keys/${doomed.id}`)) === 204, {
      what: "the control plane takes writes again",
      timeoutMs: 20_000,
    });
    await enforced(urls, doomed.secret, 401, () => (strayCalls += 1));
    await moreCalls([traffic[0]!, traffic.at(-1)!], 200);
    for (const one of traffic) await one.stop();
    for (const one of traffic) expect(Object.fromEntries(one.statuses)).toEqual({ 200: one.calls });

    const made = traffic.reduce((sum, { calls }) => sum + calls, strayCalls);
    // Of this API: the look that ends a deployment is a call to the cluster too, and not ours.
    const counted = () => rest.get(`${at}/analytics?range=15m&api=${api.id}`, analyticsReport);
    const report = await waitUntil(
      async () => {
        const { totals } = await counted();
        return totals.calls >= made ? totals : undefined;
      },
      { what: `all ${made} calls are counted`, timeoutMs: 20_000, everyMs: 250 },
    );
    expect(report).toMatchObject({ calls: made, dropped: 0 });
  } finally {
    await hybrid.stop();
  }
});

async function joinHybrid(rest: RestClient, at: string) {
  const made = z.object({ cluster: z.string(), enrolment: enrolmentTokenCreated });
  const { cluster, enrolment } = await rest.post(`${at}/clusters`, { kind: "hybrid", name: "Warehouse" }, made);
  const gateway = await runInstallCommand(enrolment.install[0]!.command);
  try {
    const node = await waitUntil(
      async () =>
        (await rest.get(`/clusters/${cluster}`, clusterDetail)).nodes.find(
          ({ status, live }) => status === "connected" && live?.applied,
        ),
      { what: "the node is connected with a revision applied", timeoutMs: 10_000, everyMs: 50 },
    );
    expect(node.live?.applied).toEqual(node.live?.desired);
    return gateway;
  } catch (error) {
    await gateway.stop();
    throw new Error(`the hybrid gateway did not join; it said:\n${gateway.output()}`, { cause: error });
  }
}

/** A node that starts without a control plane serves from its disk; what it had not handed over is not lost. */
async function restartUnderPartition(
  hybrid: HybridGateway,
  traffic: Traffic[],
  url: string,
  key: string,
): Promise<Traffic> {
  await traffic[1]!.stop();
  await hybrid.restart();
  const ready = () => fetch(`${hybrid.adminUrl}/readyz`).then(({ status }) => status === 200);
  await waitUntil(ready, { what: "the node is ready from its disk", timeoutMs: 10_000, everyMs: 20 });
  return new Traffic(url, key);
}

/** Until every gateway answers so; each look is a call and counted as one. */
async function enforced(urls: string[], key: string, status: number, onCall: () => void): Promise<void> {
  for (const url of urls)
    await waitUntil(
      async () => {
        onCall();
        return (await callOnce(url, key)) === status;
      },
      { what: `${url} answers ${status}`, timeoutMs: 10_000, everyMs: 20 },
    );
}

/** Until each client has made so many more calls, whatever became of them. */
async function moreCalls(traffic: Traffic[], more: number): Promise<void> {
  const goals = traffic.map(({ calls }) => calls + more);
  await waitUntil(() => traffic.every(({ calls }, index) => calls >= goals[index]!), {
    what: `${more} more calls of each client`,
    timeoutMs: 30_000,
    everyMs: 20,
  });
}
