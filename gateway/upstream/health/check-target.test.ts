import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { health as schema } from "#contracts/api/resilience.ts";
import { parseRanges } from "#base/address-ranges.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";
import { freePort } from "#tools/testing/free-port.ts";
import type { TargetFact } from "../balance/target.ts";
import { PoolSet } from "../pool-set.ts";
import { targetChecks } from "./check-target.ts";

let upstream: Upstream;
const http2 = createServer((_request, response) => response.end("ok"));
beforeAll(async () => {
  upstream = await startUpstream((request, response) => {
    if (request.url === "/silent") return;
    response.statusCode = request.url === "/base/h?full=1" ? 204 : 503;
    response.end();
  });
  await new Promise<void>((resolve) => http2.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await upstream.stop();
  http2.close();
});

const secrets = { read: () => undefined };
const checkOf = (denyPrivate = false) => targetChecks(new PoolSet({ denyPrivate, allowed: parseRanges([]), secrets }));
const factOf = (url: string, more: Partial<TargetFact> = {}): TargetFact => {
  return { url, weight: 1, priority: 0, healthy: true, ...more };
};
const dial = { protocol: "http1" as const, tls: undefined, connectMs: 1_000 };

describe("a check", () => {
  test("asks below the target's own path, under its name at the address that was found", async () => {
    const fact = factOf(`http://api.test:${upstream.port}/base`, { address: "127.0.0.1" });
    expect(await checkOf()(fact, schema.parse("/h?full=1"), dial)).toBeUndefined();
    expect(upstream.last().headers).toMatchObject({
      host: `api.test:${upstream.port}`,
      "user-agent": "causeway-health",
    });
  });

  test("passes for what is expected and nothing else", async () => {
    const fact = factOf(upstream.url);
    expect(await checkOf()(fact, schema.parse("/x"), dial)).toBe("status 503");
    expect(await checkOf()(fact, schema.parse({ path: "/x", expect: [200, "500-599"] }), dial)).toBeUndefined();
  });

  test("fails without an answer in time, without a connection, and where the address is refused", async () => {
    const soon = schema.parse({ path: "/silent", timeout: 100 });
    expect(await checkOf()(factOf(upstream.url), soon, dial)).toBe("no answer within 100 ms");
    expect(await checkOf()(factOf(`http://127.0.0.1:${await freePort()}`), schema.parse("/"), dial)).toContain(
      "REFUSED",
    );
    expect(await checkOf(true)(factOf(upstream.url), schema.parse("/"), dial)).toContain("are refused here");
  });

  test("speaks the protocol that the traffic does", async () => {
    const { port } = http2.address() as AddressInfo;
    const check = checkOf()(factOf(`http://127.0.0.1:${port}`), schema.parse("/"), { ...dial, protocol: "http2" });
    expect(await check).toBeUndefined();
  });
});
