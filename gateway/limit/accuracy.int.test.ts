import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { hashToken } from "#base/token.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { sendPaced } from "#gateway/testkit/paced-load.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

/**
 * What the limiter promises, measured at three nodes of four workers: once, twice and ten times the limit for two full
 * windows. The window is long enough that leases are taken ahead (1 % of the limit is a token for each worker) and that a
 * process that is held up for a while on a busy machine does not count as an error of the limiter.
 */
const LIMIT = 1_200;
const WINDOW_MS = 4_000;
const NODES = 3;
const LOADS = [1, 2, 10];
const WINDOWS = 2;

const keyOf = (limiter: string, load: number) => `${limiter}-${load}`;
const literal = (upstreamUrl: string, limiter: "exact" | "leased") => ({
  apis: [{ id: "orders", listen: "/o", upstream: upstreamUrl }],
  policies: [{ id: "all", apis: ["orders"], rate: `${LIMIT}/${WINDOW_MS}ms` }],
  keys: ["warm-10", ...["exact", "leased"].flatMap((of) => LOADS.map((load) => keyOf(of, load)))].map((id) => ({
    id,
    hash: `sha256:${hashToken(id)}`,
    policies: ["all"],
  })),
  settings: { limiter, nodes: NODES },
});

describe.each([
  ["counted in Redis", true],
  ["each node with its share", false],
])("three nodes of four workers, %s", (_name, withRedis) => {
  let upstream: Upstream;
  const nodes: BootedGateway[] = [];
  /** When calls arrived, by their path. */
  const arrivals = new Map<string, number[]>();

  const send = (key: string, load: number, forMs: number) =>
    sendPaced({
      urls: nodes.map(({ url }) => url),
      path: `/o/${key}`,
      headers: { Authorization: `Bearer ${key}` },
      perSecond: (load * LIMIT * 1_000) / WINDOW_MS,
      seconds: forMs / 1_000,
      connections: 12,
    });

  beforeAll(async () => {
    upstream = await startUpstream((request, response) => {
      const times = arrivals.get(request.url!) ?? [];
      times.push(performance.now());
      arrivals.set(request.url!, times);
      response.end("{}");
    });
    const env: Record<string, string> = withRedis ? { CAUSEWAY_REDIS: `${inject("redisUrl")}/9` } : {};
    // One after another: fifteen processes that start at once keep each other waiting.
    for (let node = 0; node < NODES; node += 1)
      nodes.push(await bootGateway(literal(upstream.url, "leased"), { workers: 4, env }));
    // Processes that have just started answer in fits, and a fit costs calls under any sliding window.
    await send("warm-10", 10, 2_000);
  }, 180_000);
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await upstream.stop();
  });

  test.each(["leased", "exact"] as const)("%s", async (limiter) => {
    if (limiter === "exact") await Promise.all(nodes.map((node) => node.reconfigure(literal(upstream.url, limiter))));
    const measured = await Promise.all(
      LOADS.map(async (load) => {
        const { statuses, answeredAtMs } = await send(keyOf(limiter, load), load, WINDOWS * WINDOW_MS);
        return { load, statuses, answeredAtMs, times: arrivals.get(`/${keyOf(limiter, load)}`) ?? [] };
      }),
    );
    for (const { load, statuses, answeredAtMs, times } of measured) {
      const perfect = withRedis
        ? perfectlyAdmitted(
            answeredAtMs.flat().sort((a, b) => a - b),
            LIMIT,
          )
        : answeredAtMs.reduce((sum, times) => sum + perfectlyAdmitted(times, LIMIT / NODES), 0);
      const said = { limiter, load, admitted: times.length, perfect, mostInAWindow: mostIn(times) };
      const most = limiter === "exact" ? LIMIT : LIMIT * 1.02;
      expect({
        ...said,
        // Every call was answered by the limit or by the upstream, and by nothing else.
        statuses: [...statuses.keys()].filter((status) => status !== 200 && status !== 429),
        answered: statuses.get(200),
        isEnough: times.length >= perfect * 0.98,
        isNotMore: mostIn(times) <= most,
      }).toEqual({ ...said, statuses: [], answered: times.length, isEnough: true, isNotMore: true });
    }
  });
});

/**
 * What a limiter that remembers every call admits of these, by when they were answered. A pause of a process and the rush
 * after it cost calls under any sliding window: a share of what was sent would measure the machine.
 */
function perfectlyAdmitted(times: readonly number[], limit: number): number {
  const admitted: number[] = [];
  let from = 0;
  for (const at of times) {
    while (from < admitted.length && admitted[from]! <= at - WINDOW_MS) from += 1;
    if (admitted.length - from < limit) admitted.push(at);
  }
  return admitted.length;
}

/**
 * Most arrivals in any window. A tenth shorter than the window, since a call arrives later than it was counted, and not
 * every one by the same time.
 */
function mostIn(times: readonly number[]): number {
  let [most, from] = [0, 0];
  for (const [index, at] of times.entries()) {
    while (times[from]! <= at - WINDOW_MS * 0.9) from += 1;
    most = Math.max(most, index - from + 1);
  }
  return most;
}
