import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseRanges } from "#base/address-ranges.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";
import { guardedRequest } from "./guarded-request.ts";

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream((request, response) => {
    if (request.url === "/silent") return;
    if (request.url === "/long") return void response.end("x".repeat(2_000));
    response.statusCode = request.url === "/moved" ? 302 : 200;
    response.setHeader("location", "http://127.0.0.1:1/");
    response.end("ok");
  });
});
afterAll(() => upstream.stop());

const open = guardedRequest({ denyPrivate: false, allowed: parseRanges([]) });
const closed = guardedRequest({ denyPrivate: true, allowed: parseRanges([]) });
const limits = { headers: { "x-asked": "1" }, timeoutMs: 5_000, maxBytes: 1_000 };

describe("a request of the gateway's own", () => {
  test("brings status and body, and follows no redirect", async () => {
    const { status, body } = await open({ url: `${upstream.url}/x`, ...limits });
    expect([status, body.toString()]).toEqual([200, "ok"]);
    expect(upstream.last().headers["x-asked"]).toBe("1");
    expect(await open({ url: `${upstream.url}/moved`, ...limits })).toMatchObject({ status: 302 });
  });

  test("ends in time, and at the bytes that it may have", async () => {
    await expect(open({ url: `${upstream.url}/silent`, ...limits, timeoutMs: 50 })).rejects.toThrow("within 50 ms");
    await expect(open({ url: `${upstream.url}/long`, ...limits })).rejects.toThrow("more than 1000 bytes");
  });

  test.each([["http://127.0.0.1:1/"], ["http://localhost:1/"], ["http://[::1]:1/"], ["http://169.254.169.254/"]])(
    "refuses %s where private addresses are refused",
    async (url) => {
      await expect(closed({ url, ...limits })).rejects.toThrow("are refused here");
    },
  );

  test("but for the ones that the operator allows", async () => {
    const some = guardedRequest({ denyPrivate: true, allowed: parseRanges(["127.0.0.0/8"]) });
    expect(await some({ url: `${upstream.url}/x`, ...limits })).toMatchObject({ status: 200 });
  });
});
