import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { sendRaw } from "#gateway/testkit/raw.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";
import { freePort } from "#tools/testing/free-port.ts";

const MIB = 1_024 * 1_024;
let gateway: BootedGateway;
let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream((request, response, body) => {
    if (request.url === "/slow") return;
    if (request.url === "/pause") return void response.write("first");
    if (request.url === "/echo") return void response.end(body);
    if (request.url === "/cut") return void response.write("half", () => response.destroy());
    if (request.url === "/big") return void response.end(Buffer.alloc(8 * MIB, "x"));
    response.setHeader("x-upstream", "yes");
    response.setHeader("connection", "x-secret-hop");
    response.setHeader("x-secret-hop", "1");
    response.statusCode = request.url === "/teapot" ? 418 : 200;
    response.end(JSON.stringify({ url: request.url }));
  });
  const dead = `http://127.0.0.1:${await freePort()}`;
  const open = { auth: "none", upstream: upstream.url };
  gateway = await bootGateway({
    apis: [
      { id: "stripped", listen: "/s", ...open },
      { id: "kept", listen: { path: "/kept", strip: false }, ...open },
      { id: "based", listen: "/based", auth: "none", upstream: `${upstream.url}/base/` },
      { id: "host", listen: { path: "/s", host: "api.example.com" }, ...open, upstream: `${upstream.url}/by-host` },
      { id: "impatient", listen: "/impatient", auth: "none", upstream: impatient(upstream.url) },
      { id: "dead", listen: "/dead", auth: "none", upstream: dead },
      { id: "half", listen: "/half", auth: "none", upstream: { targets: [{ url: dead }, { url: upstream.url }] } },
      {
        id: "shaped",
        listen: "/shaped",
        ...open,
        transform: {
          request: {
            headers: { set: { "X-Team": "red" }, remove: ["X-Debug"] },
            rewrite: [{ from: "/v1/{id}", to: "/new/{id}" }],
          },
          response: { headers: { set: { "X-Served-By": "causeway" }, remove: ["X-Upstream"] } },
        },
      },
    ],
    settings: { maxRequestBodyBytes: 4 * MIB },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const impatient = (url: string) => ({ targets: [{ url }], timeouts: { headersMs: "300ms", idleMs: "300ms" } });
const call = (path: string, init?: RequestInit) => fetch(gateway.url + path, init);
const problemOf = async (response: Response) =>
  (await response.json()) as { code: string; status: number; requestId: string };

describe("what goes upstream", () => {
  test("the listen path is taken off, and the query passes byte for byte", async () => {
    await call("/s/a%2Fb/c?x=1&y=%20+&z");
    expect(upstream.last().url).toBe("/a%2Fb/c?x=1&y=%20+&z");
  });

  test("a listen path that is kept goes along, and a target's own path stands before", async () => {
    await call("/kept/a");
    expect(upstream.last().url).toBe("/kept/a");
    await call("/based/a");
    expect(upstream.last().url).toBe("/base/a");
    await call("/s");
    expect(upstream.last().url).toBe("/");
  });

  test("dot segments are resolved before routing, so that no path reaches another API's upstream", async () => {
    const { text } = await sendRaw(gateway.url, "GET /s/../kept/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(text).toMatch(/^HTTP\/1.1 200/);
    expect(upstream.last().url).toBe("/kept/x");
  });

  test("hop-by-hop fields and those that Connection names stay here; the forwarding fields are this gateway's own", async () => {
    await sendRaw(
      gateway.url,
      "GET /s/h HTTP/1.1\r\nHost: shop.example\r\nConnection: close, X-Private\r\nX-Private: 1\r\nTE: trailers\r\n" +
        "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nX-Kept: yes\r\n\r\n",
    );
    const { headers } = upstream.last();
    expect(headers).toMatchObject({ "x-kept": "yes", "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http" });
    expect(headers["x-forwarded-host"]).toBe("shop.example");
    expect(headers.via).toBe("1.1 causeway");
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(["x-private"]));
    // Of the connection, and made anew: trailers pass from end to end.
    expect(headers).toMatchObject({ te: "trailers", connection: "TE" });
    expect(headers.host).toBe(`127.0.0.1:${upstream.port}`);
  });

  test("what a stranger says of forwarding stays here by any name, and so does what only looks like a header that the API sets", async () => {
    await sendRaw(
      gateway.url,
      "GET /shaped/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Forwarded-Prefix: /b\r\nX-Forwarded-Ssl: on\r\nX-Real-IP: 6.6.6.6\r\n" +
        "X_Forwarded_For: 6.6.6.6\r\nX-Forwarded_Host: b\r\nContent_Length: 5\r\nTransfer_Encoding: chunked\r\nX_Team: mine\r\nX_Kept: yes\r\n\r\n",
    );
    const names = Object.keys(upstream.last().headers);
    expect(names.filter((name) => /_|forwarded|real/.test(name)).toSorted()).toEqual([
      "x-forwarded-for",
      "x-forwarded-host",
      "x-forwarded-proto",
      "x_kept",
    ]);
  });

  test("an exact host wins over any host", async () => {
    await sendRaw(gateway.url, "GET /s/x HTTP/1.1\r\nHost: API.example.com:443\r\nConnection: close\r\n\r\n");
    expect(upstream.last().url).toBe("/by-host/x");
  });

  test("bodies stream, with and without a length", async () => {
    const sized = await call("/s/echo", { method: "POST", body: "x".repeat(2 * MIB) });
    expect((await sized.text()).length).toBe(2 * MIB);
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("two "));
        controller.enqueue(new TextEncoder().encode("pieces"));
        controller.close();
      },
    });
    const unsized = await call("/s/echo", { method: "POST", body: stream, duplex: "half" } as RequestInit);
    expect(await unsized.text()).toBe("two pieces");
  });

  test("headers are set and removed and paths rewritten as the API says", async () => {
    const response = await call("/shaped/v1/7?a=1", { headers: { "x-debug": "1" } });
    expect(upstream.last()).toMatchObject({ url: "/new/7?a=1", headers: { "x-team": "red" } });
    expect(upstream.last().headers["x-debug"]).toBeUndefined();
    expect(response.headers.get("x-served-by")).toBe("causeway");
    expect(response.headers.get("x-upstream")).toBeNull();
  });
});

describe("what comes back", () => {
  test("status, fields and body are the upstream's; its hop-by-hop fields are not", async () => {
    const response = await call("/s/teapot");
    expect(response.status).toBe(418);
    expect(response.headers.get("x-upstream")).toBe("yes");
    expect(response.headers.get("x-secret-hop")).toBeNull();
    expect(await response.json()).toEqual({ url: "/teapot" });
  });

  test("HEAD has no body and the connection serves the next request", async () => {
    const head = "HEAD /s/a HTTP/1.1\r\nHost: a\r\n\r\n";
    const { text } = await sendRaw(
      gateway.url,
      `${head}GET /s/teapot HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    );
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(2);
    expect(text).toContain("418");
  });

  test("a large answer arrives whole", async () => {
    expect((await (await call("/s/big")).arrayBuffer()).byteLength).toBe(8 * MIB);
  });

  test("an answer that breaks off is cut off here too, never ended as if it were whole", async () => {
    await expect(call("/s/cut").then((response) => response.text())).rejects.toThrow("terminated");
  });
});

describe("time", () => {
  test("an answer whose next chunk does not come is cut off after the idle timeout", async () => {
    const response = await call("/impatient/pause");
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow("terminated");
  });

  test("a client that takes longer than the headers' timeout to send its body is waited for", async () => {
    const slow = new ReadableStream({
      async start(controller) {
        for (const piece of ["one ", "two ", "three"]) {
          controller.enqueue(new TextEncoder().encode(piece));
          // Slowness is the subject here: nothing else could be waited for.
          await new Promise((resolve) => setTimeout(resolve, 250));
        }
        controller.close();
      },
    });
    const response = await call("/impatient/echo", { method: "POST", body: slow, duplex: "half" } as RequestInit);
    expect(await response.text()).toBe("one two three");
  });
});

describe("what the gateway answers itself", () => {
  test.each([
    ["/nowhere", 404, "no_api"],
    ["/stripped", 404, "no_api"],
    ["/sx", 404, "no_api"],
    ["/dead/x", 502, "upstream_refused"],
    ["/impatient/slow", 504, "upstream_timeout"],
  ])("%s → %i %s", async (path, status, code) => {
    const response = await call(path);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await problemOf(response)).toMatchObject({ status, code });
  });

  test("a body that is announced too large is refused unread, one that grows too large is cut", async () => {
    expect((await call("/s/echo", { method: "POST", body: "x".repeat(5 * MIB) })).status).toBe(413);
    const growing = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 6; sent += 1) controller.enqueue(new Uint8Array(MIB));
        controller.close();
      },
    });
    const cut = await call("/s/echo", { method: "POST", body: growing, duplex: "half" } as RequestInit);
    expect(await problemOf(cut)).toMatchObject({ status: 413, code: "body_too_large" });
  });

  test("a dead target is passed over while no byte has left", async () => {
    const statuses = await Promise.all(Array.from({ length: 10 }, () => call("/half/x").then(({ status }) => status)));
    expect(statuses).toEqual(Array.from({ length: 10 }, () => 200));
  });

  test("a plausible request id is taken over, another one is made", async () => {
    const given = await problemOf(await call("/nowhere", { headers: { "x-request-id": "abc-1" } }));
    expect(given.requestId).toBe("abc-1");
    const made = await problemOf(await call("/nowhere", { headers: { "x-request-id": 'a"}<script>' } }));
    expect(made.requestId).toMatch(/^[\w-]+$/);
  });
});

describe("framing that could mean two requests is refused and the connection closed", () => {
  const head = "POST /s/echo HTTP/1.1\r\nHost: a\r\n";
  test.each([
    ["length and chunks", `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["two lengths", `${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`],
    ["a length with a sign", `${head}Content-Length: +5\r\n\r\nhello`],
    ["a space before the colon", `${head}Content-Length : 5\r\n\r\nhello`],
    ["a folded line", `${head}X-A: 1\r\n folded\r\nContent-Length: 0\r\n\r\n`],
    ["a bare line feed", "GET /s/a HTTP/1.1\nHost: a\n\n"],
    ["an unknown coding", `${head}Transfer-Encoding: gzip, chunked, identity\r\n\r\n`],
    ["a chunk size that is none", `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n`],
    ["a NUL in a value", `${head}X-A: a\u0000b\r\nContent-Length: 0\r\n\r\n`],
    ["no host", "GET /s/a HTTP/1.1\r\n\r\n"],
  ])("%s", async (_name, bytes) => {
    const before = upstream.seen.length;
    const { text, closed } = await sendRaw(gateway.url, bytes);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(closed).toBe(true);
    expect(upstream.seen.slice(before).map(({ body }) => body)).toEqual([]);
  });
});
