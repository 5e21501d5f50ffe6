import { afterAll, beforeAll, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { sendRaw } from "#gateway/testkit/raw.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

const openapi = {
  openapi: "3.1.0",
  info: { title: "t", version: "1" },
  paths: { "/orders/{id}": { get: { operationId: "getOrder" } } },
};
let upstream: Upstream;
let gateway: BootedGateway;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await bootGateway({
    apis: [
      { id: "shop", listen: "/shop", upstream: upstream.url, auth: "none", openapi },
      { id: "locked", listen: "/locked", upstream: upstream.url, auth: "key" },
    ],
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

/** Resolves with the whole text once all of it is there. */
async function scrape(...expected: string[]): Promise<string> {
  let text = "";
  await waitUntil(
    async () => {
      text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
      return expected.every((line) => text.includes(line));
    },
    { what: expected.join(" and "), timeoutMs: 5_000 },
  ).catch((cause: unknown) => {
    throw new Error(`not in:\n${text}`, { cause });
  });
  return text;
}

test("requests are told by API, operation, method, class and reason, and no word of a client becomes a label", async () => {
  await fetch(`${gateway.url}/shop/orders/7?who=mallory`);
  await fetch(`${gateway.url}/locked/secret-path`, { headers: { "x-api-key": "guess" } });
  await fetch(`${gateway.url}/nowhere/at-all`, { method: "PURGE" });
  const text = await scrape(
    'causeway_requests_total{api="shop",operation="getOrder",class="2xx",method="GET",reason="none"} 1',
    'causeway_requests_total{api="none",operation="none",class="4xx",method="OTHER",reason="no_api"} 1',
    'causeway_upstream_duration_seconds_count{api="shop",operation="getOrder"} 1',
    'causeway_gateway_duration_seconds_count{api="shop",operation="getOrder"} 1',
    'causeway_request_duration_seconds_count{api="locked",operation="none"} 1',
  );
  expect(text).toMatch(
    /causeway_requests_total\{api="locked",operation="none",class="4xx",method="GET",reason="[a-z_]+"\} 1/,
  );
  for (const word of ["mallory", "secret-path", "guess", "at-all", "PURGE"]) expect(text).not.toContain(word);
});

test("bytes that are no request are counted by reason, and connections by what they speak", async () => {
  await sendRaw(gateway.url, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
  const text = await scrape(
    'causeway_malformed_requests_total{reason="bad_request"} 1',
    'causeway_connections_accepted_total{protocol="http/1.1"}',
    'causeway_connections{protocol="h2"} 0',
  );
  expect(text).toMatch(/causeway_connections_accepted_total\{protocol="http\/1\.1"\} [1-9]/);
});

test("a refused configuration is seen in the metrics until one is served again", async () => {
  gateway.write('{"apis": [{"id": "bad"}]}');
  await scrape('causeway_configurations_total{outcome="refused"} 1', "causeway_configuration_refused 1");
  const shop = { apis: [{ id: "shop", listen: "/s", upstream: upstream.url, auth: "none" }] };
  await gateway.reconfigure(shop);
  const text = await scrape(
    'causeway_configurations_total{outcome="applied"} 2',
    "causeway_configuration_refused 0",
    'causeway_apis{state="loaded"} 1',
  );
  expect(text).not.toContain('api="locked"');
  gateway.write('{"apis": [{"id": "bad"}]}');
  await scrape("causeway_configuration_refused 1");
  gateway.write(JSON.stringify(shop));
  await scrape('causeway_configurations_total{outcome="applied"} 2', "causeway_configuration_refused 0");
});
