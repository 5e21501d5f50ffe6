import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseRanges } from "#base/address-ranges.ts";
import { dialGuard } from "#gateway/upstream/index.ts";
import { IssuerClient } from "./outbound.ts";

const connections = new Set<unknown>();
const server = createServer((request, response) => {
  if (request.url === "/redirect") return void response.writeHead(302, { location: "/json" }).end();
  if (request.url === "/large") return void response.end(`"${"x".repeat(600 * 1_024)}"`);
  if (request.url === "/text") return void response.end("not JSON");
  if (request.url === "/cut") return void request.socket.destroy();
  response.end(JSON.stringify({ accept: request.headers.accept, method: request.method }));
}).on("connection", (socket) => connections.add(socket));
let url: string;
const open = new IssuerClient(() => ({}));

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  open.close();
  server.close();
});

describe("what is fetched of an issuer", () => {
  test("is JSON, over a connection that is kept", async () => {
    expect(await open.fetchJson(`${url}/json`)).toEqual({ accept: "application/json", method: "GET" });
    const before = connections.size;
    expect(await open.fetchJson(`${url}/json`, { method: "POST", body: "a" })).toMatchObject({ method: "POST" });
    expect(connections.size).toBe(before);
  });

  test.each([
    ["a redirect", "/redirect", "status 302"],
    ["too much", "/large", "more than 524288 bytes"],
    ["something else", "/text", "not valid JSON"],
    ["nothing", "/cut", "socket hang up"],
  ])("%s is a failure", async (_name, path, message) => {
    await expect(open.fetchJson(url + path)).rejects.toThrow(message);
  });
});

describe("where private addresses are refused", () => {
  const guarded = (allowed: string[]) =>
    new IssuerClient((host) => dialGuard(host, { denyPrivate: true, allowed: parseRanges(allowed) }));

  test.each(["127.0.0.1", "localhost", "[::1]", "169.254.169.254"])("%s is not dialled", async (host) => {
    const before = connections.size;
    const client = guarded([]);
    await expect(client.fetchJson(url.replace("127.0.0.1", host))).rejects.toThrow("are refused here");
    expect(connections.size).toBe(before);
    client.close();
  });

  test("an address that is allowed all the same is", async () => {
    const client = guarded(["127.0.0.0/8"]);
    expect(await client.fetchJson(`${url}/json`)).toMatchObject({ method: "GET" });
    client.close();
  });
});
