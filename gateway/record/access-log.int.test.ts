import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
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

async function boot(accessLog: string, env: Record<string, string> = {}, workers = 1): Promise<void> {
  upstream = await startUpstream();
  const literal = {
    // A body that is counted twice would not pass.
    settings: { maxRequestBodyBytes: 8 },
    apis: [
      { id: "shop", listen: "/shop", upstream: upstream.url, auth: { key: { query: "pass_me" } }, rate: "1000/s" },
      {
        id: "books",
        listen: "/books",
        upstream: upstream.url,
        auth: "none",
        versioning: { by: { header: "x-version" }, default: "v1", versions: { v1: {}, v2: {} } },
      },
    ],
    policies: [{ id: "gold", apis: ["shop"] }],
    keys: [{ id: "acme", secret: "env://KEY", policies: ["gold"] }],
  };
  gateway = await bootGateway(literal, {
    workers,
    env: { KEY: "very-secret-key", CAUSEWAY_ACCESS_LOG: accessLog, ...env },
  });
}

const recordsIn = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.includes('"totalUs"'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const linesOf = (file: string) => (existsSync(file) ? recordsIn(readFileSync(file, "utf8")) : []);
const written = (read: () => Record<string, unknown>[], count: number) =>
  waitUntil(() => (read().length >= count ? read() : undefined), { what: `${count} lines`, timeoutMs: 5_000 });

test("a call is one line with all that is known of it, and with no credential", async () => {
  const file = join(folder(), "access.log");
  await boot(file);
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  await fetch(`${gateway.url}/shop/orders?pass_me=very-secret-key&api_key=k1&accessToken=k2&page=2`, {
    method: "POST",
    body: "12345",
    headers: {
      "user-agent": 'curl/8 "quoted"',
      "x-request-id": "call-1",
      cookie: "session=k3",
      traceparent: `00-${trace}-00f067aa0ba902b7-01`,
    },
  });
  const [record] = await written(() => linesOf(file), 1);
  expect(record).toMatchObject({
    api: "shop",
    version: null,
    operation: null,
    listen: "/shop",
    method: "POST",
    scheme: "http",
    path: "/shop/orders",
    query: "?pass_me=[redacted]&api_key=[redacted]&accessToken=[redacted]&page=2",
    protocol: "1.1",
    status: 200,
    reason: null,
    key: "acme",
    policies: ["gold"],
    client: "127.0.0.1",
    userAgent: 'curl/8 "quoted"',
    requestBytes: 5,
    responseBytes: 11,
    target: upstream.url,
    tries: 1,
    traceId: trace,
    requestId: "call-1",
  });
  expect(record!.totalUs).toBeGreaterThanOrEqual(record!.gatewayUs as number);
  expect(Date.parse(record!.time as string)).toBeGreaterThan(Date.now() - 60_000);
  expect(readFileSync(file, "utf8")).not.toMatch(/very-secret-key|k1|k2|k3/);
});

test("a line names the version that served, and none where the call named one that is not there", async () => {
  const file = join(folder(), "access.log");
  await boot(file);
  for (const version of ["v2", "v1", "v9"]) await fetch(`${gateway.url}/books`, { headers: { "x-version": version } });
  const records = await written(() => linesOf(file), 3);
  expect(records.map(({ api, version, status }) => [api, version, status])).toEqual([
    ["books", "v2", 200],
    ["books", "v1", 200],
    ["books", null, 404],
  ]);
});

test("a refusal says why, and addresses are cut where that was asked for", async () => {
  await boot("stdout", { CAUSEWAY_ACCESS_LOG_ADDRESSES: "truncated" });
  await fetch(`${gateway.url}/shop/x?pass_me=wrong-guess`);
  const [record] = await written(() => recordsIn(gateway.output()), 1);
  expect(record).toMatchObject({
    status: 401,
    key: null,
    client: "127.0.0.0",
    target: null,
    tries: 0,
    upstreamUs: null,
  });
  expect(record!.reason).toEqual(expect.any(String));
  expect(gateway.output()).not.toContain("wrong-guess");
});

test("lines of several workers stay whole, and none is lost when the file is rotated under load", async () => {
  const file = join(folder(), "access.log");
  await boot(file, {}, 2);
  const call = (count: number) =>
    Promise.all(Array.from({ length: count }, () => fetch(`${gateway.url}/shop/x?pass_me=very-secret-key`)));
  await call(50);
  renameSync(file, `${file}.1`);
  const during = call(50);
  gateway.child.kill("SIGHUP");
  await during;
  await waitUntil(() => existsSync(file), { what: "the file is opened anew", timeoutMs: 5_000 });
  await call(50);
  const all = await written(() => [...linesOf(`${file}.1`), ...linesOf(file)], 150);
  expect(all.length).toBe(150);
  expect(linesOf(file).length).toBeGreaterThanOrEqual(50);
});

test("what was served last is written before the gateway ends", async () => {
  const file = join(folder(), "access.log");
  await boot(file);
  await fetch(`${gateway.url}/shop/x`);
  gateway.child.kill("SIGTERM");
  await waitUntil(() => gateway.child.exitCode !== null, { what: "it has ended", timeoutMs: 10_000 });
  expect(linesOf(file).length).toBe(1);
});

test("a place that cannot be written to is told at the start", async () => {
  await boot("off");
  const place = join(folder(), "no", "such", "folder.log");
  const { status, stderr } = await startAndEnd(["--config", join(gateway.folder, "gateway.json")], {
    CAUSEWAY_ACCESS_LOG: place,
    KEY: "k",
  });
  expect(stderr).toMatch(/^CAUSEWAY_ACCESS_LOG: .*expected stdout, off, or a path/);
  expect(status).toBe(2);
});
