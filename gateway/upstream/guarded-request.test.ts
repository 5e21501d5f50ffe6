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
const limits = { timeoutMs: 5_000, maxBytes: 1_000 };

describe("a request of the gateway's own", () => {
  test("dials the address that it is given, under the URL's name", async () => {
    const { status, body } = await open({ url: `http://api.test:${upstream.port}/x`, address: "127.0.0.1", ...limits });
    expect([status, body.toString()]).toEqual([200, "ok"]);
    expect(upstream.last().headers.host).toBe(`api.test:${upstream.port}`);
  });

  test("follows no redirect", async () => {
    expect(await open({ url: `${upstream.url}/moved`, ...limits })).toMatchObject({ status: 302 });
  });

  test("ends in time, and at the bytes that it may have", async () => {
    await expect(open({ url: `${upstream.url}/silent`, ...limits, timeoutMs: 50 })).rejects.toThrow("within 50 ms");
    await expect(open({ url: `${upstream.url}/long`, ...limits })).rejects.toThrow("more than 1000 bytes");
  });

  test.each([
    ["a literal address", { url: "http://127.0.0.1:1/" }],
    ["a name", { url: "http://localhost:1/" }],
    ["an address that a name was resolved to", { url: "http://api.test:1/", address: "169.254.169.254" }],
  ])("refuses a private target where private ones are refused: %s", async (_name, asked) => {
    await expect(closed({ ...asked, ...limits })).rejects.toThrow("are refused here");
  });

  test("but for the ones that the operator allows", async () => {
    const some = guardedRequest({ denyPrivate: true, allowed: parseRanges(["127.0.0.0/8"]) });
    expect(await some({ url: `${upstream.url}/x`, ...limits })).toMatchObject({ status: 200 });
  });
});
