import { afterAll, beforeAll, expect, test } from "vitest";
import { hashToken } from "#base/token.ts";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, startAndEnd, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MIB = 1_024 * 1_024;
let gateway: BootedGateway;
let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream((request, response, body) => {
    if (request.url?.startsWith("/echo")) return void response.end(body);
    if (request.url === "/cut") return void response.write("half", () => response.destroy());
    response.setHeader("x-seen", request.url ?? "");
    response.end(JSON.stringify({ url: request.url, bytes: body.length }));
  });
  const inside = (path: string) => ({ path, internal: true });
  gateway = await bootGateway({
    apis: [
      { id: "front", listen: "/front", upstream: "causeway://inner/v1", auth: "key" },
      {
        id: "inner",
        listen: inside("/hidden"),
        upstream: upstream.url,
        auth: "none",
        transform: { response: { headers: { set: { "X-Through": "inner" } } } },
      },
      { id: "limited", listen: inside("/limited"), upstream: upstream.url, auth: "none", rate: "2/30s" },
      { id: "to-limited", listen: "/limit", upstream: "causeway://limited", auth: "none" },
      { id: "open", listen: "/open", upstream: "causeway://inner", auth: "none" },
      { id: "self", listen: "/self", upstream: "causeway://self", auth: "none" },
      { id: "off", listen: "/off", upstream: upstream.url, auth: "none", state: "inactive" },
      { id: "to-off", listen: "/to-off", upstream: "causeway://off", auth: "none" },
    ],
    policies: [{ id: "all", apis: ["front"] }],
    keys: [{ id: "acme", hash: `sha256:${hashToken("secret")}`, policies: ["all"] }],
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const call = (path: string, init?: RequestInit) => fetch(gateway.url + path, init);
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

test("an internal API is reached through another one, below that one's path, and by nobody else", async () => {
  const answer = await call("/front/a%2Fb?x=1", { headers: { authorization: "Bearer secret" } });
  expect(await answer.json()).toEqual({ url: "/v1/a%2Fb?x=1", bytes: 0 });
  expect(answer.headers.get("x-through")).toBe("inner");
  expect((await call("/hidden/v1/a")).status).toBe(404);
});

test("what the outer API asks of its callers is asked before the inner one is entered", async () => {
  const before = upstream.seen.length;
  expect((await call("/front/a")).status).toBe(401);
  expect(upstream.seen.length).toBe(before);
});

test("the inner API's own limits hold, and its refusal is the answer", async () => {
  const statuses = [];
  for (let index = 0; index < 3; index += 1) statuses.push((await call("/limit/x")).status);
  expect(statuses).toEqual([200, 200, 429]);
});

test("bodies pass through both ways, large ones too", async () => {
  const answer = await call("/open/echo", { method: "POST", body: "x".repeat(5 * MIB) });
  expect((await answer.text()).length).toBe(5 * MIB);
  expect((await call("/open/x", { method: "HEAD" })).headers.get("x-seen")).toBe("/x");
});

test("an answer that breaks off inside is cut off outside", async () => {
  await expect(call("/open/cut").then((response) => response.text())).rejects.toThrow("terminated");
});

test("an API that calls itself is stopped", async () => {
  const answer = await call("/self/x");
  expect(answer.status).toBe(508);
  expect(await codeOf(answer)).toBe("loop_detected");
});

test("an API that is switched off is unavailable to others too", async () => {
  const answer = await call("/to-off/x");
  expect(answer.status).toBe(502);
  expect(await codeOf(answer)).toBe("api_unavailable");
});

test("each API counts the call", async () => {
  await call("/open/counted");
  await waitUntil(
    async () => {
      const text = await fetch(`${gateway.adminUrl}/metrics`).then((answer) => answer.text());
      return ["open", "inner"].every((api) => text.includes(`api="${api}"`));
    },
    { what: "both APIs are in the metrics", timeoutMs: 10_000 },
  );
});

test("a call to an API that is not there is told with its line", async () => {
  const folder = mkdtempSync(join(tmpdir(), "causeway-loops-"));
  const file = join(folder, "gateway.yaml");
  writeFileSync(file, "apis:\n  - id: a\n    listen: /a\n    upstream: causeway://nobody\n");
  const { status, stderr } = await startAndEnd(["--config", file], { CAUSEWAY_DATA_DIR: folder });
  rmSync(folder, { recursive: true, force: true });
  expect(status).toBe(2);
  expect(stderr).toBe(`${file}:4: apis[0].upstream: no API is called nobody; known: a`);
});
