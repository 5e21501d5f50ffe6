import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream } from "#gateway/testkit/upstream.ts";

interface Metric {
  name: string;
  sum?: { dataPoints: Point[]; isMonotonic: boolean };
  gauge?: { dataPoints: Point[] };
  histogram?: { dataPoints: HistogramPoint[] };
}
interface Point {
  asDouble: number;
  attributes: { key: string; value: { stringValue: string } }[];
}
interface HistogramPoint extends Point {
  count: string;
  explicitBounds: number[];
  bucketCounts: string[];
}

/** A receiver of OTLP/HTTP that refuses its first request, as one that is just starting does. */
async function startCollector() {
  const received: Metric[][] = [];
  let isFirst = true;
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.once("end", () => {
      if (request.url !== "/v1/metrics") return void response.end("{}");
      if (isFirst) {
        isFirst = false;
        return void response.writeHead(503).end();
      }
      expect(request.headers["x-collector-key"]).toBe("k");
      const parsed = JSON.parse(body) as { resourceMetrics: { scopeMetrics: { metrics: Metric[] }[] }[] };
      received.push(parsed.resourceMetrics[0]!.scopeMetrics[0]!.metrics);
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, received, stop: () => new Promise((resolve) => server.close(resolve)) };
}

test("a collector gets the figures of /metrics, and one that failed a beat has missed nothing", async () => {
  const [collector, upstream] = [await startCollector(), await startUpstream()];
  const gateway = await bootGateway(
    { apis: [{ id: "a", listen: "/a", upstream: upstream.url, auth: "none" }] },
    {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: "x-collector-key=k",
        OTEL_METRIC_EXPORT_INTERVAL: "200",
      },
    },
  );
  try {
    for (let call = 0; call < 3; call += 1) await fetch(`${gateway.url}/a/x`);
    const find = (name: string) => collector.received.at(-1)?.find((metric) => metric.name === name);
    const ofA = <P extends Point>(points: P[] | undefined) =>
      points?.find(({ attributes }) => attributes.some(({ key, value }) => key === "api" && value.stringValue === "a"));
    await waitUntil(() => ofA(find("causeway_requests_total")?.sum?.dataPoints)?.asDouble === 3, {
      what: "three requests are told",
      timeoutMs: 10_000,
    });
    expect(find("causeway_requests_total")!.sum!.isMonotonic).toBe(true);
    expect(find("causeway_workers")!.gauge!.dataPoints[0]!.asDouble).toBe(1);
    const durations = ofA(find("causeway_request_duration_seconds")!.histogram!.dataPoints)!;
    expect(durations.count).toBe("3");
    expect(durations.bucketCounts.length).toBe(durations.explicitBounds.length + 1);
    expect(durations.bucketCounts.reduce((sum, count) => sum + Number(count), 0)).toBe(3);
    expect(gateway.output()).toContain("metrics cannot be sent to the collector");
  } finally {
    await gateway.stop();
    await upstream.stop();
    await collector.stop();
  }
});
