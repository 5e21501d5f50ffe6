import { expect, test } from "vitest";
import type { AnalyticsEntry } from "#contracts/analytics/batch.ts";
import { bucketOf } from "#contracts/analytics/histogram.ts";
import { GatewayMetrics } from "./metrics.ts";

const entry = (over: Partial<AnalyticsEntry>): AnalyticsEntry => ({
  at: 0,
  api: "a",
  operation: null,
  key: null,
  method: "GET",
  status: 200,
  reason: null,
  count: 1,
  requestBytes: 0,
  responseBytes: 0,
  total: [],
  upstream: [],
  ...over,
});
const none = { "http/1.1": 0, h2: 0, stream: 0 };
const countsOf = (entries: AnalyticsEntry[]): Parameters<GatewayMetrics["add"]>[1] => ({
  entries,
  gatewayTimes: [],
  droppedRecords: 0,
  droppedLogLines: 0,
  droppedSpans: 0,
  recordings: { written: 0, dropped: 0, no_place: 0 },
  inFlight: 0,
  memoryBytes: 0,
  storeDegraded: false,
  waiting: 0,
  droppedAllowances: 0,
  forgottenTokens: 0,
  unsharedNonces: 0,
  protocols: none,
  accepted: none,
  malformed: {},
  turnedAway: 0,
});
const linesOf = async (metrics: GatewayMetrics, name: string) =>
  (await metrics.registry.metrics()).split("\n").filter((line) => line.startsWith(name));

test("durations come out in Prometheus' cumulative buckets, as many as were observed", async () => {
  const metrics = new GatewayMetrics();
  metrics.add(
    0,
    countsOf([
      entry({
        total: [
          [bucketOf(900), 3],
          [bucketOf(40_000), 2],
          [bucketOf(90_000_000), 1],
        ],
      }),
    ]),
  );
  const lines = await linesOf(metrics, "causeway_request_duration_seconds");
  const at = (le: string) =>
    Number(
      lines
        .find((line) => line.includes(`le="${le}"`))!
        .split(" ")
        .at(-1),
    );
  expect([at("0.001"), at("0.025"), at("0.05"), at("30"), at("+Inf")]).toEqual([3, 3, 5, 5, 6]);
  expect(lines.find((line) => line.includes("_count"))).toMatch(/ 6$/);
  const sum = Number(
    lines
      .find((line) => line.includes("_sum"))!
      .split(" ")
      .at(-1),
  );
  expect(sum).toBeGreaterThan(88);
  expect(sum).toBeLessThan(92);
});

test("more APIs than there is room for share one name, nothing is lost, and that it was so is counted", async () => {
  const metrics = new GatewayMetrics();
  const entries = Array.from({ length: 10_500 }, (_, index) => entry({ api: `api-${index}`, count: 2 }));
  metrics.add(0, countsOf(entries));
  const lines = await linesOf(metrics, "causeway_requests_total");
  expect(lines.length).toBe(10_001);
  expect(lines.at(-1)).toContain('{api="other",operation="other",class="2xx",method="GET",reason="other"} 1000');
  expect(Number((await linesOf(metrics, "causeway_metrics_folded_total"))[0]!.split(" ")[1])).toBe(1_000);
});

test("series of an API that is configured no more leave, and make room", async () => {
  const metrics = new GatewayMetrics();
  metrics.add(0, countsOf([entry({ api: "gone" }), entry({ api: "kept" }), entry({ api: null, status: 404 })]));
  metrics.applied(new Set(["kept"]));
  const lines = await linesOf(metrics, "causeway_requests_total");
  expect(lines.map((line) => /api="([^"]*)"/.exec(line)![1])).toEqual(["kept", "none"]);
});

test("what workers say of now is summed over them, and replaced when they say it anew", async () => {
  const metrics = new GatewayMetrics();
  const counts = countsOf([]);
  metrics.add(0, {
    ...counts,
    protocols: { ...none, h2: 3 },
    accepted: { ...none, h2: 5 },
    malformed: { bad_request: 2 },
  });
  metrics.add(1, { ...counts, protocols: { ...none, h2: 4 } });
  metrics.add(0, { ...counts, protocols: { ...none, h2: 1 } });
  expect(await linesOf(metrics, 'causeway_connections{protocol="h2"}')).toEqual([
    'causeway_connections{protocol="h2"} 5',
  ]);
  expect(await linesOf(metrics, "causeway_connections_accepted_total")).toContain(
    'causeway_connections_accepted_total{protocol="h2"} 5',
  );
  expect(await linesOf(metrics, "causeway_malformed_requests_total{")).toEqual([
    'causeway_malformed_requests_total{reason="bad_request"} 2',
  ]);
});
