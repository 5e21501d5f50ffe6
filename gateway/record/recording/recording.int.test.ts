import { existsSync, readFileSync, renameSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { WebSocket, WebSocketServer } from "ws";
import { afterEach, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, startAndEnd, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { temporaryFolders } from "#gateway/testkit/temporary-folder.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

const folder = temporaryFolders();
let upstream: Upstream;
let gateway: BootedGateway;
afterEach(async () => {
  await gateway.stop();
  await upstream.stop();
});

const KEY = "very-secret-key";
interface Boot {
  place?: string;
  env?: Record<string, string>;
  auth?: unknown;
  openapi?: unknown;
  operations?: unknown;
}

/** The upstream answers with what it was sent, and says the status that `?status=` asks for. */
async function boot(recording: unknown, { place, env = {}, auth = "none", ...rest }: Boot = {}): Promise<string> {
  upstream = await startUpstream((request, response, body) => {
    response.statusCode = Number(new URL(request.url!, "http://a.test").searchParams.get("status") ?? 200);
    response.setHeader("content-type", request.headers["content-type"] ?? "application/json");
    response.setHeader("set-cookie", "session=hidden-cookie");
    response.end(body);
  });
  const file = join(folder(), "recordings");
  const literal = {
    apis: [{ id: "shop", listen: "/shop", upstream: upstream.url, auth, recording, ...rest }],
    policies: [{ id: "gold", apis: ["shop"] }],
    keys: [{ id: "acme", secret: "env://KEY", policies: ["gold"] }],
  };
  gateway = await bootGateway(literal, { env: { KEY, CAUSEWAY_RECORDINGS: place ?? file, ...env } });
  return file;
}

interface Recorded {
  path: string;
  status: number;
  reason: string | null;
  request: { headers: Record<string, string>; body: unknown };
  response: { headers: Record<string, string>; body: unknown } | null;
}

const textOf = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");
const linesOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.includes('"response":'))
    .map((line) => JSON.parse(line) as Recorded & Record<string, unknown>);
const recorded = (file: string, count: number) =>
  waitUntil(() => (linesOf(textOf(file)).length >= count ? linesOf(textOf(file)) : undefined), {
    what: `${count} recordings`,
    timeoutMs: 10_000,
  });
const counted = (outcome: string, count: number) =>
  waitUntil(
    async () =>
      (await (await fetch(`${gateway.adminUrl}/metrics`)).text()).includes(
        `causeway_recordings_total{outcome="${outcome}"} ${count}\n`,
      ),
    { what: `${count} ${outcome}`, timeoutMs: 10_000 },
  );

test("an exchange is one line with heads and bodies, its secrets are nowhere in the file, and what passes is unchanged", async () => {
  const file = await boot({ redact: { members: ["email"] } }, { auth: { key: { query: "pass_me" } } });
  const sent = JSON.stringify({ item: 7, email: "hidden-email", nested: [{ "Access-Token": "hidden-token" }] });
  const answer = await fetch(`${gateway.url}/shop/orders?pass_me=${KEY}&page=2`, {
    method: "POST",
    body: sent,
    headers: {
      "content-type": "application/json",
      "x-request-id": "call-1",
      authorization: "Bearer hidden-bearer",
      cookie: "a=hidden-cookie",
    },
  });
  expect(await answer.text()).toBe(sent);
  expect(upstream.last().body).toBe(sent);
  const [record] = await recorded(file, 1);
  const body = {
    type: "application/json",
    bytes: sent.length,
    json: { item: 7, email: "[redacted]", nested: [{ "Access-Token": "[redacted]" }] },
  };
  expect(record).toMatchObject({
    requestId: "call-1",
    api: "shop",
    version: null,
    operation: null,
    method: "POST",
    path: "/shop/orders",
    query: "?pass_me=[redacted]&page=2",
    client: "127.0.0.1",
    status: 200,
    reason: null,
    request: { headers: { authorization: "[redacted]", cookie: "[redacted]" }, body },
    response: { headers: { "set-cookie": "[redacted]", "content-type": "application/json" }, body },
  });
  expect(record!.totalUs).toBeGreaterThan(0);
  expect(textOf(file)).not.toMatch(/hidden-|very-secret-key/);
  await counted("written", 1);
});

test("of a body of 1 MB what was asked for is written, and all of it passes, over HTTP/1.1 and HTTP/2", async () => {
  const file = await boot({ requestBodyBytes: 100, responseBodyBytes: 200 });
  const body = "0123456789".repeat(100_000);
  const headers = { "content-type": "text/plain" };
  const answer = await fetch(`${gateway.url}/shop/big`, { method: "POST", body, headers });
  expect((await answer.text()) === body).toBe(true);
  expect((await postOverHttp2("/shop/big", body)) === body).toBe(true);
  const both = await recorded(file, 2);
  expect(new Set(both.map(({ protocol }) => protocol))).toEqual(new Set(["1.1", "2.0"]));
  for (const { request, response } of both) {
    expect(request.body).toEqual({ type: "text/plain", bytes: 1_000_000, text: body.slice(0, 100), cut: true });
    expect(response!.body).toEqual({ type: "text/plain", bytes: 1_000_000, text: body.slice(0, 200), cut: true });
  }
});

test("refusals are recorded with their reason, and only the statuses that were asked for", async () => {
  const file = await boot({ statuses: ["5xx", 401, 418] }, { auth: "key" });
  const get = (query: string, key?: string) =>
    fetch(`${gateway.url}/shop/x${query}`, { headers: key ? { "x-api-key": key } : {} });
  await get("?status=200", KEY);
  await get("?status=404", KEY);
  await get("?status=418", KEY);
  await get("?status=503", KEY);
  await get("");
  const records = await recorded(file, 3);
  expect(records.map(({ status }) => status)).toEqual([418, 503, 401]);
  expect(records[2]).toMatchObject({
    reason: expect.any(String) as string,
    response: { body: { json: { status: 401 } } },
  });
});

test("an operation has its own rule, and a share of none or an end that has passed records nothing", async () => {
  const openapi = {
    openapi: "3.1.0",
    info: { title: "shop", version: "1" },
    paths: Object.fromEntries(
      ["never", "over", "off", "usual"].map((id) => [`/${id}`, { get: { operationId: id, responses: {} } }]),
    ),
  };
  const operations = {
    never: { recording: { share: 0 } },
    over: { recording: { until: "2020-01-01T00:00:00Z" } },
    off: { recording: false },
  };
  const file = await boot(true, { openapi, operations });
  for (const name of ["never", "over", "off", "usual"]) await (await fetch(`${gateway.url}/shop/${name}`)).text();
  await recorded(file, 1);
  await counted("written", 1);
  expect(linesOf(textOf(file)).map(({ path, operation }) => [path, operation])).toEqual([["/shop/usual", "usual"]]);
});

test("of a connection that was upgraded the heads are recorded when it ends, and nothing that passed", async () => {
  const file = await boot(true);
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket) => socket.on("message", (data) => socket.send(data)));
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await gateway.reconfigure({
    apis: [{ id: "room", listen: "/room", upstream: `http://127.0.0.1:${port}`, auth: "none", recording: true }],
  });
  const socket = new WebSocket(`${gateway.url.replace("http", "ws")}/room`);
  await once(socket, "open");
  socket.send("hidden-words");
  const [echoed] = (await once(socket, "message")) as [Buffer];
  expect(echoed.toString()).toBe("hidden-words");
  socket.close();
  const [record] = await recorded(file, 1);
  expect(record).toMatchObject({ status: 101, request: { body: null }, response: { body: null } });
  expect(record!.response!.headers["sec-websocket-accept"]).toEqual(expect.any(String));
  expect(textOf(file)).not.toContain("hidden-words");
  server.close();
});

test("a file that was renamed is left, and what was recorded last is written before the gateway ends", async () => {
  const file = await boot(true);
  await fetch(`${gateway.url}/shop/1`);
  await recorded(file, 1);
  renameSync(file, `${file}.1`);
  gateway.child.kill("SIGHUP");
  await waitUntil(() => existsSync(file), { what: "the file is opened anew", timeoutMs: 5_000 });
  await fetch(`${gateway.url}/shop/2`);
  gateway.child.kill("SIGTERM");
  await waitUntil(() => gateway.child.exitCode !== null, { what: "it has ended", timeoutMs: 10_000 });
  expect(linesOf(textOf(file)).map(({ path }) => path)).toEqual(["/shop/2"]);
});

test("truncated addresses are so in headers too, and stdout is a place", async () => {
  await boot(true, { place: "stdout", env: { CAUSEWAY_ACCESS_LOG_ADDRESSES: "truncated" } });
  await fetch(`${gateway.url}/shop/x`, { headers: { "x-forwarded-for": "192.0.2.77" } });
  const [record] = await waitUntil(
    () => (linesOf(gateway.output()).length > 0 ? linesOf(gateway.output()) : undefined),
    { what: "a recording", timeoutMs: 10_000 },
  );
  expect(record).toMatchObject({ client: "127.0.0.0", request: { headers: { "x-forwarded-for": "[redacted]" } } });
  expect(gateway.output()).not.toContain("192.0.2.77");
});

test("a node without a place says so once, counts, and serves", async () => {
  await boot(true, { place: "off" });
  expect((await fetch(`${gateway.url}/shop/x`)).status).toBe(200);
  await counted("no_place", 1);
  const warnings = () => gateway.output().match(/no place for them/g)?.length;
  expect(warnings()).toBe(1);
  await gateway.reconfigure({
    apis: [{ id: "shop", listen: "/shop", upstream: upstream.url, auth: "none", rate: "9/s", recording: true }],
  });
  expect(warnings()).toBe(1);
});

test("a place that cannot be written to is told at the start", async () => {
  await boot(true);
  const { status, stderr } = await startAndEnd(["--config", join(gateway.folder, "gateway.json")], {
    CAUSEWAY_RECORDINGS: join(folder(), "no", "such", "folder"),
    KEY,
  });
  expect(stderr).toMatch(/^CAUSEWAY_RECORDINGS: .*expected stdout, off, or a path/);
  expect(status).toBe(2);
});

/** Cleartext HTTP/2 with prior knowledge. */
function postOverHttp2(path: string, body: string): Promise<string> {
  const session = connectHttp2(gateway.url);
  const stream = session.request({ ":method": "POST", ":path": path, "content-type": "text/plain" });
  return new Promise((resolve, reject) => {
    let text = "";
    session.once("error", reject);
    stream.once("error", reject);
    stream.setEncoding("utf8");
    stream.on("data", (piece: string) => (text += piece));
    stream.once("end", () => {
      session.close();
      resolve(text);
    });
    stream.end(body);
  });
}
