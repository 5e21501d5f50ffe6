import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";
import { freePort } from "#tools/testing/free-port.ts";
import type { Span } from "./spans.ts";

const T = "4bf92f3577b34da6a3ce929d0e0e4736";
const S = "00f067aa0ba902b7";
let collector: Server;
let spans: Span[] = [];
let asked: IncomingHttpHeaders = {};
let upstream: Upstream;
let gateway: BootedGateway;

beforeAll(async () => {
  collector = createServer((request, response) => {
    asked = request.headers;
    void text(request).then((body) => {
      const { resourceSpans = [] } = JSON.parse(body) as { resourceSpans?: { scopeSpans: { spans: Span[] }[] }[] };
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      response.setHeader("content-type", "application/json");
      response.end(request.url === "/v1/traces" ? "{}" : undefined);
    });
  }).listen(0, "127.0.0.1");
  await once(collector, "listening");
  upstream = await startUpstream((request, response) => {
    response.statusCode = request.url === "/broken" ? 503 : 200;
    response.end("{}");
  });
  const dead = `http://127.0.0.1:${await freePort()}`;
  gateway = await bootGateway(
    {
      apis: [
        { id: "orders", listen: "/orders", auth: "none", upstream: upstream.url },
        { id: "locked", listen: "/locked", upstream: upstream.url },
        { id: "half", listen: "/half", auth: "none", upstream: { targets: [dead, upstream.url] } },
      ],
    },
    {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
        OTEL_EXPORTER_OTLP_HEADERS: "x-collector-key=abc%20d",
        OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
        OTEL_TRACES_SAMPLER_ARG: "0",
      },
    },
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
  collector.close();
});
beforeEach(() => {
  spans = [];
});

async function spansOf(path: string, headers: Record<string, string>, count: number): Promise<Span[]> {
  await fetch(gateway.url + path, { headers }).then((answer) => answer.arrayBuffer());
  await waitUntil(() => spans.length >= count, { what: "spans come to the collector", timeoutMs: 10_000 });
  return spans;
}
const sampled = { traceparent: `00-${T}-${S}-01`, tracestate: "vendor=1" };
const valueOf = (span: Span | undefined, key: string) => {
  const value = span?.attributes.find((attribute) => attribute.key === key)?.value;
  return value && ("stringValue" in value ? value.stringValue : Number(value.intValue));
};

describe("a trace that came recorded", () => {
  test("has a span of the exchange under the caller's and one of the try under that, and the upstream hears of the try's", async () => {
    const [server, client] = await spansOf("/orders/7?secret=1", sampled, 2);
    expect(server).toMatchObject({ traceId: T, parentSpanId: S, traceState: "vendor=1", kind: 2, name: "GET /orders" });
    expect(client).toMatchObject({ traceId: T, parentSpanId: server!.spanId, kind: 3 });
    expect(upstream.last().headers).toMatchObject({
      traceparent: `00-${T}-${client!.spanId}-01`,
      tracestate: "vendor=1",
    });
    expect(valueOf(server, "http.response.status_code")).toBe(200);
    expect(valueOf(server, "url.path")).toBe("/orders/7");
    const ports = [gateway.url, upstream.url].map((url) => Number(new URL(url).port));
    expect([server, client].map((span) => valueOf(span, "server.address"))).toEqual(["127.0.0.1", "127.0.0.1"]);
    expect([server, client].map((span) => valueOf(span, "server.port"))).toEqual(ports);
    expect(JSON.stringify(spans)).not.toContain("secret");
    const took = BigInt(server!.endTimeUnixNano) - BigInt(server!.startTimeUnixNano);
    expect(took > 0n && took < 10_000_000_000n).toBe(true);
    expect(asked["x-collector-key"]).toBe("abc d");
  });

  test("shows every try, failed ones with their reason", async () => {
    const all: Span[] = [];
    // Targets take turns: one of two calls meets the dead one first.
    for (let call = 0; call < 2; call += 1) await fetch(`${gateway.url}/half/x`, { headers: sampled });
    await waitUntil(() => spans.length >= 5, { what: "two exchanges and three tries", timeoutMs: 10_000 });
    all.push(...spans.filter(({ kind }) => kind === 3));
    expect(all.map((span) => valueOf(span, "error.type")).filter(Boolean)).toEqual(["dial"]);
    expect(all.filter((span) => valueOf(span, "http.request.resend_count") === 1)).toHaveLength(1);
  });

  test("an error of the upstream is an error of the trace, a refusal has its reason", async () => {
    const [server] = await spansOf("/orders/broken", sampled, 2);
    expect(server).toMatchObject({ status: { code: 2 } });
    spans = [];
    const [refused] = await spansOf("/locked/x", sampled, 1);
    expect(refused).toMatchObject({ status: { code: 0 } });
    expect(valueOf(refused, "causeway.reason")).toBe("key_missing");
  });

  test("B3 is understood and answered in kind", async () => {
    const [, client] = await spansOf("/orders/b3", { b3: `${T}-${S}-1` }, 2);
    expect(upstream.last().headers).toMatchObject({
      b3: `${T}-${client!.spanId}-1`,
      traceparent: `00-${T}-${client!.spanId}-01`,
    });
  });
});

test("B3 that names no trace decides about the one that begins here", async () => {
  const [, client] = await spansOf("/orders/asked-for", { b3: "1" }, 2);
  expect(upstream.last().headers.b3).toBe(`${client!.traceId}-${client!.spanId}-1`);
});

test("what is not sampled is not recorded, and its context goes on with the caller's span as the parent", async () => {
  const headers = { traceparent: `00-${T}-${S}-00` };
  await fetch(`${gateway.url}/orders/quiet`, { headers }).then((answer) => answer.arrayBuffer());
  expect(upstream.last().headers.traceparent).toBe(`00-${T}-${S}-00`);
  await fetch(`${gateway.url}/orders/new`).then((answer) => answer.arrayBuffer());
  expect(upstream.last().headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  // One that is recorded comes after the two: when it has arrived, they would have.
  await spansOf("/orders/last", sampled, 2);
  expect(spans.filter(({ kind }) => kind === 2).map((span) => valueOf(span, "url.path"))).toEqual(["/orders/last"]);
});
