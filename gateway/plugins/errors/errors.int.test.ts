import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bootGateway, startAndEnd, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";
import { temporaryFolders } from "#gateway/testkit/temporary-folder.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = temporaryFolders();
let upstream: Upstream;
let gateway: BootedGateway;

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await bootGateway({
    settings: {
      errors: {
        "404": { html: "<h1>{{title}}</h1><p>{{detail}}</p><i>{{ requestId }}</i>" },
        key_missing: { text: "never: the API has one" },
      },
      headers: {
        request: { set: { "X-Edge": "$api.id/$request.method" }, remove: ["X-Secret"] },
        response: {
          set: { "Strict-Transport-Security": "max-age=63072000", "X-Call": "$request.id" },
          remove: ["Server"],
        },
      },
    },
    apis: [
      {
        id: "a",
        listen: "/a",
        upstream: upstream.url,
        auth: "key",
        errors: {
          "401": {
            status: 403,
            json: { error: { code: "{{code}}", http: "{{status}}", text: "Sorry: {{detail}}", id: "{{requestId}}" } },
            html: "<p>{{code}}</p>",
            text: "{{code}}: {{title}}",
          },
        },
      },
      {
        id: "b",
        listen: "/b",
        upstream: upstream.url,
        auth: "none",
        transform: { request: { headers: { set: { "X-Edge": "own" } } } },
      },
    ],
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});
const get = (path: string, accept?: string) =>
  fetch(gateway.url + path, { headers: { "x-request-id": "<call>&1", ...(accept ? { accept } : {}) } });

describe("an error comes in the form that Accept likes best", () => {
  test.each([
    [undefined, "application/json"],
    ["*/*", "application/json"],
    ["text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"],
    ["text/plain, text/html;q=0.5", "text/plain; charset=utf-8"],
    ["application/problem+json", "application/json"],
    ["text/*;q=0.9, application/json;q=0.1", "text/html; charset=utf-8"],
    ["image/png", "application/json"],
    ["text/html;q=0, text/plain;q=0.1", "text/plain; charset=utf-8"],
  ])("%s", async (accept, type) => {
    const response = await get("/a/x", accept);
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("vary")).toBe("Accept");
    expect(response.headers.get("www-authenticate")).toContain("Bearer");
  });

  test("whoever asks for JSON gets the problem where only a page was written", async () => {
    const response = await get("/nowhere", "application/json");
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ code: "no_api", status: 404 });
  });
});

test("an object keeps its shape: texts are filled, the status is a number, and another status may be answered", async () => {
  const response = await get("/a/x");
  expect(response.status).toBe(403);
  const { error } = (await response.json()) as { error: Record<string, unknown> };
  expect(error).toMatchObject({ http: 403, text: expect.stringMatching(/^Sorry: \S/) });
  expect(error.code).toMatch(/^[a-z_]+$/);
  expect(error.id).toMatch(/^[\w-]+$/);
});

test("what a client sent can never become markup", async () => {
  const response = await fetch(`${gateway.url}/nowhere`, {
    headers: { accept: "text/html", "x-request-id": "a+b/c=d" },
  });
  const page = await response.text();
  expect(response.status).toBe(404);
  expect(page).toContain("<h1>Not Found</h1>");
  expect(page).toContain("<i>a+b/c=d</i>");
});

describe("global headers", () => {
  test("stand on answers of the upstream, on refusals, and where no API was found", async () => {
    for (const path of ["/b/x", "/a/x", "/nowhere"]) {
      const response = await get(path);
      expect(response.headers.get("strict-transport-security")).toBe("max-age=63072000");
      expect(response.headers.get("x-call")).toMatch(/^[\w-]+$/);
    }
  });

  test("go upstream with what is known of the call, and an API's own come after them", async () => {
    await fetch(`${gateway.url}/b/x`, { headers: { "X-Secret": "s", "X-Edge": "claimed" } });
    const { headers } = upstream.last();
    expect(headers["x-edge"]).toBe("own");
    expect(headers["x-secret"]).toBeUndefined();
  });
});

test.each([
  ["a field that is not known", { "*": { text: "{{stack}}" } }, "{{stack}} is not known; expected one of {{title}}"],
  ["a template of nothing", { "500": {} }, "expected at least one of status, json, html and text"],
  ["a media type for two forms", { "*": { contentType: "a/b", text: "", html: "" } }, "expected with exactly one of"],
  ["a name that is no code", { "Rate Limited": { text: "" } }, "expected an error's code, a status such as 429, or *"],
])("%s is told at its place", async (_what, errors, expected) => {
  const file = join(folder(), "gateway.json");
  writeFileSync(file, JSON.stringify({ settings: { errors } }));
  const { status, stderr } = await startAndEnd(["--config", file, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]);
  expect(stderr).toContain("settings.errors.");
  expect(stderr).toContain(expected);
  expect(status).toBe(2);
});
