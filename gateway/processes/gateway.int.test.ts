import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, readLiteral, startAndEnd } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";
import { workersOf } from "#gateway/testkit/workers-of.ts";

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream((request, response) => {
    if (request.url === "/slow") return void setTimeout(() => response.end("late but whole"), 700);
    response.end(request.url);
  });
});
afterAll(() => upstream.stop());
const open = (id: string) => ({ id, listen: `/${id}`, upstream: upstream.url, auth: "none" });

describe("a start that cannot work ends with status 2 and one line a problem", () => {
  const folder = mkdtempSync(join(tmpdir(), "causeway-bad-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (text: string) => {
    const path = join(folder, "gateway.yaml");
    writeFileSync(path, text);
    return ["--config", path, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
  };
  const env = () => ({ CAUSEWAY_DATA_DIR: join(folder, "data") });

  test.each([
    ["broken YAML", "apis: [\n  - id: a", /gateway\.yaml:\d+: /],
    [
      "an unknown name",
      "apis:\n  - id: a\n    listen: /a\n    upstream: http://u\n    lisen: /b",
      /gateway\.yaml:\d+: apis\[0\].*lisen/,
    ],
    ["a wrong type", "apis:\n  - id: a\n    listen: 7\n    upstream: http://u", /gateway\.yaml:3: apis\[0\]\.listen/],
    [
      "a bad rate",
      "apis:\n  - { id: a, listen: /a, upstream: 'http://u', rate: fast }",
      /expected a rate such as 100\/s/,
    ],
    [
      "a taken path",
      "apis:\n  - { id: a, listen: /a, upstream: 'http://u' }\n  - { id: b, listen: /a, upstream: 'http://u' }",
      /:3: apis\[1\]\.listen: \/a is taken by a/,
    ],
    [
      "a taken id",
      "apis:\n  - { id: a, listen: /a, upstream: 'http://u' }\n  - { id: a, listen: /b, upstream: 'http://u' }",
      /a is taken already/,
    ],
    ["a reference to nothing", "policies:\n  - { id: gold, apis: [orders] }", /no API is called orders/],
    ["a secret that is not set", "keys:\n  - { id: k, secret: 'env://NOT_SET_HERE' }", /NOT_SET_HERE is not set/],
    [
      "a document that is not there",
      "apis:\n  - { id: a, listen: /a, upstream: 'http://u', openapi: ./no.yaml }",
      /:2: apis\[0\]\.openapi: .*no\.yaml/,
    ],
    [
      "an operation that is none",
      "apis:\n  - id: a\n    listen: /a\n    upstream: http://u\n    openapi: { openapi: 3.1.0, paths: { /x: { get: { operationId: getX } } } }\n    operations: { getY: {} }",
      /operations\.getY.*known: getX/,
    ],
  ])("%s", async (_name, text, expected) => {
    const { status, stderr } = await startAndEnd(file(text), env());
    expect(stderr).toMatch(expected);
    expect(status).toBe(2);
  });

  test("every problem is told, not the first alone", async () => {
    const { stderr } = await startAndEnd(file("apis:\n  - { id: a, listen: b, upstream: c }"), env());
    expect(stderr.split("\n").length).toBeGreaterThanOrEqual(2);
  });

  test("a port in use is named with the remedy", async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve));
    const { port } = squatter.address() as { port: number };
    const args = [...file("apis: []").slice(0, 2), "--listen", `127.0.0.1:${port}`, "--admin", "127.0.0.1:0"];
    const { status, stderr } = await startAndEnd(args, env());
    squatter.close();
    expect(stderr).toContain(`--listen 127.0.0.1:${port}: another program listens there`);
    expect(status).toBe(2);
  });

  test.each([
    [[], /nothing to serve: give --config/],
    [["--config", "/nowhere.yaml"], /nowhere\.yaml/],
    [["--config", "x", "--workers", "many"], /--workers many: expected a number/],
    [["--config", "x", "--listen", "here"], /expected HOST:PORT/],
    [["--colour", "blue"], /known: --config/],
  ])("%j", async (args, expected) => {
    const { status, stderr } = await startAndEnd(args, env());
    expect(stderr).toMatch(expected);
    expect(status).toBe(2);
  });

  test("a wrong enrolment token is told with the console's own sentence", async () => {
    const refusing = createServer((socket) =>
      socket.once("data", () => {
        const body = JSON.stringify({
          type: "t",
          title: "no",
          status: 401,
          code: "unauthenticated",
          detail: "This enrolment token is not known here.",
        });
        socket.end(`HTTP/1.1 401 Unauthorized\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
      }),
    );
    await new Promise<void>((resolve) => refusing.listen(0, "127.0.0.1", resolve));
    const { port } = refusing.address() as { port: number };
    const link = { CAUSEWAY_URL: `http://127.0.0.1:${port}`, CAUSEWAY_TOKEN: "cwy_enrol_wrong" };
    const { status, stderr } = await startAndEnd(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"], {
      ...env(),
      ...link,
    });
    refusing.close();
    expect(stderr).toContain("CAUSEWAY_TOKEN: This enrolment token is not known here.");
    expect(status).toBe(2);
  });
});

test("a changed file is applied within a second; a bad one changes nothing and is told", async () => {
  const gateway = await bootGateway({ apis: [open("a")] });
  try {
    await gateway.reconfigure({ apis: [open("a"), open("b")] });
    expect((await fetch(`${gateway.url}/b/x`)).status).toBe(200);
    gateway.write('{"apis": [{"id": "c", "listen": "nowhere"}]}');
    await waitUntil(() => gateway.output().includes("goes on serving"), {
      what: "the bad file is told",
      timeoutMs: 3_000,
    });
    expect((await fetch(`${gateway.url}/a/x`)).status).toBe(200);
    expect((await fetch(`${gateway.adminUrl}/readyz`)).status).toBe(200);
    expect(await gateway.status()).toMatchObject({
      problems: expect.arrayContaining([expect.stringContaining("apis[0]")]),
    });
  } finally {
    await gateway.stop();
  }
});

test("under load a reload fails no request", async () => {
  const gateway = await bootGateway({ apis: [open("a")] }, { workers: 2 });
  try {
    const loading = { stop: false };
    const statuses: number[] = [];
    const client = async () => {
      while (!loading.stop) statuses.push((await fetch(`${gateway.url}/a/x`)).status);
    };
    const clients = Promise.all([client(), client(), client()]);
    for (let round = 0; round < 5; round += 1)
      await gateway.reconfigure({ apis: [open("a"), { ...open("b"), listen: `/b${round}` }] });
    loading.stop = true;
    await clients;
    expect(statuses.length).toBeGreaterThan(50);
    expect(new Set(statuses)).toEqual(new Set([200]));
  } finally {
    await gateway.stop();
  }
});

test("SIGTERM: not ready at once, requests under way end whole, then nothing of it is left", async () => {
  const gateway = await bootGateway({ apis: [open("a")] }, { workers: 2 });
  const slow = fetch(`${gateway.url}/a/slow`);
  await waitUntil(() => upstream.seen.some(({ url }) => url === "/slow"), {
    what: "the slow call is under way",
    timeoutMs: 2_000,
  });
  gateway.child.kill("SIGTERM");
  await waitUntil(async () => (await fetch(`${gateway.adminUrl}/readyz`)).status === 503, {
    what: "not ready",
    timeoutMs: 1_000,
    everyMs: 10,
  });
  expect(await (await slow).text()).toBe("late but whole");
  await waitUntil(() => gateway.child.exitCode !== null, { what: "it has ended", timeoutMs: 5_000 });
  expect(gateway.child.exitCode).toBe(0);
  await gateway.stop();
  expect(existsSync(gateway.folder)).toBe(false);
});

test("a worker that dies is replaced, and the configuration that it then serves is the current one", async () => {
  const gateway = await bootGateway({ apis: [open("a")] });
  try {
    await gateway.reconfigure({ apis: [open("b")] });
    const [worker] = workersOf(gateway);
    process.kill(worker!, "SIGKILL");
    await waitUntil(async () => (await gateway.status()).workers.restarts === 1, {
      what: "it is replaced",
      timeoutMs: 5_000,
    });
    await waitUntil(async () => (await fetch(`${gateway.url}/b/x`)).status === 200, {
      what: "it serves again",
      timeoutMs: 5_000,
    });
    expect(Object.keys(readLiteral(gateway))).toEqual(["apis"]);
  } finally {
    await gateway.stop();
  }
});

test("/metrics counts by API, and /v1 asks for the admin token", async () => {
  const gateway = await bootGateway({ apis: [open("a")] });
  try {
    await fetch(`${gateway.url}/a/x`);
    const text = await waitUntil(
      async () => {
        const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
        return (
          metrics.includes(
            'causeway_requests_total{api="a",operation="none",class="2xx",method="GET",reason="none"} 1',
          ) && metrics
        );
      },
      { what: "the call is counted", timeoutMs: 3_000 },
    );
    expect(text).toContain("causeway_request_duration_seconds_bucket");
    expect((await fetch(`${gateway.adminUrl}/v1/status`)).status).toBe(401);
    expect((await fetch(`${gateway.adminUrl}/livez`)).status).toBe(200);
  } finally {
    await gateway.stop();
  }
});

/** The one child of the primary that is a Node process. */
