import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { waitUntil } from "#base/wait.ts";
import { environmentView } from "#contracts/console/views.ts";
import { keyCreated } from "#contracts/plane/entities.ts";
import { apiDetail } from "#contracts/plane/apis.ts";
import { startCloud } from "#tools/testing/cloud.ts";
import { freePort } from "#tools/testing/free-port.ts";
import { deployEnvironment } from "#tools/seed/deploy-environment.ts";
import { openAccount } from "#tools/seed/open-account.ts";
import { restClient } from "#tools/seed/rest-client.ts";
import { waitForRun } from "#tools/seed/wait-for-run.ts";
import { figure, median, quantile, rounded } from "./measure/figure.ts";
import { joinHybrid } from "./measure/hybrid.ts";

const SAVES = 40;
const REVOCATIONS = 40;

type Rest = ReturnType<typeof restClient>;

/**
 * From the request that saves an API, or revokes a key, to the moment at which every node of three clusters (two managed,
 * one hybrid) enforces it: a whole cloud, its own processes, its public API, and calls through the gateways.
 */
export async function benchLink(): Promise<void> {
  const state = await mkdtemp(join(tmpdir(), "causeway-bench-"));
  const upstream = createServer((_request, response) => response.end("ok"));
  const upstreamPort = await freePort();
  await new Promise<void>((resolve) => upstream.listen(upstreamPort, "127.0.0.1", resolve));
  const cloud = await startCloud(state);
  const ends: (() => Promise<void>)[] = [];
  try {
    const person = { email: "bench@example.com", password: "a bench, and nothing else", organisation: "Bench" };
    const { apiToken } = await openAccount(cloud.url, person);
    const rest = restClient(cloud.url, apiToken);
    const { at, gateways } = await threeClusters(rest, state, ends);
    figure("link", "set-up", { clusters: gateways.length, saves: SAVES, revocations: REVOCATIONS });
    tell("save → enforced on three clusters", await timeSaves(rest, at, gateways, `http://127.0.0.1:${upstreamPort}`));
    tell("revoke → refused on three clusters", await timeRevocations(rest, at, gateways));
  } finally {
    for (const end of ends.toReversed()) await end();
    await cloud.stop();
    upstream.close();
    upstream.closeAllConnections();
    await rm(state, { recursive: true, force: true });
  }
}

function tell(name: string, tookMs: number[]): void {
  const ms = (value: number) => rounded(value, 0);
  figure("link", name, {
    p50Ms: ms(median(tookMs)),
    p99Ms: ms(quantile(tookMs, 0.99)),
    maxMs: ms(Math.max(...tookMs)),
  });
}

interface Gateway {
  name: string;
  url: string;
}

async function threeClusters(rest: Rest, state: string, ends: (() => Promise<void>)[]) {
  const { id } = await deployEnvironment(rest, { name: "Bench", homeRegion: "eu-west-dublin" });
  const at = `/environments/${id}`;
  const remote = { kind: "cloud", name: "Remote", region: "us-east-virginia" };
  await waitForRun(rest, (await rest.post(`${at}/clusters`, remote, z.object({ run: z.string() }))).run);
  const { clusters } = await rest.get(at, environmentView);
  const managed = clusters.map(({ name, endpoint }) => ({ name, url: endpoint! }));
  const hybrid = await joinHybrid(rest, at, join(state, "hybrid"));
  ends.push(hybrid.end);
  return { at, gateways: [...managed, { name: "Hybrid", url: hybrid.url }] };
}

/** Each save gives the API's answers another header; it is enforced where the header is seen. */
async function timeSaves(rest: Rest, at: string, gateways: Gateway[], upstream: string): Promise<number[]> {
  const settings = (mark: string) => ({
    name: "Marked",
    listen: "/marked",
    upstream,
    auth: "none",
    transform: { response: { headers: { set: { "X-Mark": mark } } } },
  });
  const { name, listen, ...more } = settings("0");
  let api = await rest.post(`${at}/apis`, { name, listenPath: listen, settings: more }, apiDetail);
  const took: number[] = [];
  for (let save = 1; save <= SAVES; save += 1) {
    const startedAt = performance.now();
    const mark = String(save);
    const seen = gateways.map(({ url }) =>
      until(async () => (await fetch(`${url}/marked`)).headers.get("x-mark") === mark),
    );
    api = await rest.put(`${at}/apis/${api.id}?version=${api.version}`, settings(mark), apiDetail);
    await Promise.all(seen);
    took.push(performance.now() - startedAt);
  }
  return took;
}

async function timeRevocations(rest: Rest, at: string, gateways: Gateway[]): Promise<number[]> {
  const [, id] = /^.*\/(.+)$/.exec(at)!;
  const made = await rest.post(
    `${at}/apis`,
    { name: "Keyed", listenPath: "/keyed", upstreamUrl: "http://127.0.0.1:9" },
    apiDetail,
  );
  const took: number[] = [];
  for (let index = 0; index < REVOCATIONS; index += 1) {
    const key = await rest.post(`${at}/keys`, { name: `${id} ${index}`, apis: { [made.id]: {} } }, keyCreated);
    const statusAt = async ({ url }: Gateway) =>
      (await fetch(`${url}/keyed`, { headers: { authorization: `Bearer ${key.secret}` } })).status;
    // 502: the key is good, and nothing listens behind the API.
    await Promise.all(gateways.map((gateway) => until(async () => (await statusAt(gateway)) === 502)));
    const startedAt = performance.now();
    const refused = gateways.map((gateway) => until(async () => (await statusAt(gateway)) === 401));
    await rest.delete(`${at}/keys/${key.id}`, z.undefined());
    await Promise.all(refused);
    took.push(performance.now() - startedAt);
  }
  return took;
}

const until = (probe: () => Promise<boolean>) =>
  waitUntil(probe, { what: "a gateway enforces it", timeoutMs: 10_000, everyMs: 5 });
