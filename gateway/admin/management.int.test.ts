import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, type BootedGateway, type BootOptions, type Literal } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

let upstream: Upstream;
let gateway: BootedGateway;
beforeAll(async () => void (upstream = await startUpstream()));
afterAll(() => upstream.stop());
afterEach(() => gateway.stop());

const literal = (more: Literal = {}): Literal => ({
  apis: [{ id: "orders", listen: "/orders", upstream: upstream.url, auth: "key" }],
  policies: [{ id: "gold", apis: ["orders"] }],
  keys: [{ id: "written", hash: `sha256:${"0".repeat(64)}`, policies: ["gold"] }],
  ...more,
});
const boot = async (options: BootOptions = {}) => void (gateway = await bootGateway(literal(), options));

/** What the admin address answers: status, body and ETag. */
async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${gateway.adminUrl}${path}`, {
    method,
    headers: { authorization: "Bearer testkit-admin", ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json");
  const value = (isJson ? JSON.parse(text) : {}) as Record<string, unknown>;
  return { status: response.status, text, value, etag: response.headers.get("etag") ?? "" };
}
const call = async (key: string) => (await fetch(`${gateway.url}/orders/x`, { headers: { "X-API-Key": key } })).status;
const issue = async (request: object = { policies: ["gold"] }) =>
  (await ask("POST", "/v1/keys", request)).value as { id: string; secret: string };
const issuedFile = () => join(gateway.folder, "data", "issued-keys.json");

describe("a key that is issued over the admin address", () => {
  test("opens every worker, is told once, and lives through a restart", async () => {
    await boot({ workers: 2 });
    const { id, secret } = await issue({ policies: ["gold"], name: "a partner", expires: "2999-01-01T00:00:00Z" });
    expect(id).toMatch(/^key_/);
    for (let times = 0; times < 20; times += 1) expect(await call(secret)).toBe(200);
    const listed = await ask("GET", `/v1/keys/${id}`);
    expect(listed.value).toMatchObject({ id, name: "a partner", expires: "2999-01-01T00:00:00.000Z", isIssued: true });
    expect(JSON.stringify((await ask("GET", "/v1/keys")).value)).not.toMatch(/secret|hash|cwy_key_/);
    expect(readFileSync(issuedFile(), "utf8")).not.toContain(secret);
    expect(statSync(issuedFile()).mode & 0o777).toBe(0o600);
    expect(gateway.output()).not.toContain(secret);
    await gateway.restart();
    expect(await call(secret)).toBe(200);
  });

  test("takes another record, keeps its secret, and is refused once it is withdrawn", async () => {
    await boot();
    const { id, secret } = await issue();
    expect((await ask("PUT", `/v1/keys/${id}`, { policies: ["gold"], state: "inactive" })).status).toBe(200);
    await waitUntil(async () => (await call(secret)) === 401, { what: "an inactive key is refused", timeoutMs: 5_000 });
    expect((await ask("PUT", `/v1/keys/${id}`, { policies: ["gold"] })).status).toBe(200);
    await waitUntil(async () => (await call(secret)) === 200, { what: "it opens again", timeoutMs: 5_000 });
    expect((await ask("DELETE", `/v1/keys/${id}`)).status).toBe(204);
    await waitUntil(async () => (await call(secret)) === 401, { what: "a withdrawn key is refused", timeoutMs: 5_000 });
    expect((await ask("GET", `/v1/keys/${id}`)).status).toBe(404);
    expect((await ask("DELETE", `/v1/keys/${id}`)).status).toBe(404);
    await gateway.restart();
    expect(await call(secret)).toBe(401);
  });

  test("is one of many that are asked for at once, and each of them is kept", async () => {
    await boot();
    const issued = await Promise.all(Array.from({ length: 30 }, () => issue()));
    for (const { secret } of issued) expect(await call(secret)).toBe(200);
    const ids = new Set<string>();
    for (let cursor: string | null = ""; cursor !== null;) {
      const { value } = await ask("GET", `/v1/keys?limit=7&cursor=${cursor}`);
      for (const { id } of value.items as { id: string }[]) ids.add(id);
      cursor = value.nextCursor as string | null;
    }
    expect(ids).toEqual(new Set([...issued.map(({ id }) => id), "written"]));
  });

  test.each([
    [
      "a policy that is not there",
      { policies: ["silver"] },
      422,
      /issued-keys\.json:2: keys\[0\]\.policies\[0\]: no policy is called silver; known: gold/,
    ],
    ["a member that is not known", { polices: ["gold"] }, 422, /did you mean policies/],
    ["a secret of the caller's own", { secret: "env://KEY" }, 422, /secret/],
    ["a hash that is none", { hash: "abc" }, 422, /hash: expected sha256:/],
    ["an id that is taken", { id: "written" }, 409, /written is taken already/],
    ["the secret of another key", { hash: `sha256:${"0".repeat(64)}` }, 422, /hash: is that of written already/],
    ["no JSON", "{", 400, /expected JSON/],
    ["more bytes than a key has", JSON.stringify({ name: "x".repeat(70_000) }), 413, /at most 65536 bytes/],
  ])("is refused with %s, and nothing changes", async (_name, body, status, detail) => {
    await boot();
    const refused = await ask("POST", "/v1/keys", body);
    expect(refused.status).toBe(status);
    expect(refused.value.detail).toMatch(detail);
    expect((await ask("GET", "/v1/keys")).value.items).toHaveLength(1);
    expect(existsSync(issuedFile())).toBe(false);
  });

  test("is not one that stands in a file: that is changed there", async () => {
    await boot();
    for (const method of ["PUT", "DELETE"])
      expect(await ask(method, "/v1/keys/written", method === "PUT" ? {} : undefined)).toMatchObject({
        status: 409,
        value: { detail: "written stands in a file of the configuration: change it there" },
      });
  });
});

describe("a configuration that is put", () => {
  const other = () =>
    JSON.stringify(literal({ apis: [{ id: "orders", listen: "/other", upstream: upstream.url, auth: "none" }] }));
  const statusAt = async (path: string) => (await fetch(`${gateway.url}${path}`)).status;

  test("is served before it is answered, and stands in the file from then on", async () => {
    await boot();
    const before = await ask("GET", "/v1/config");
    expect(JSON.parse(before.text)).toEqual(literal());
    const put = await ask("PUT", "/v1/config", other(), { "if-match": before.etag });
    expect(put).toMatchObject({ status: 200, value: { applied: { revision: 2 } } });
    expect(await statusAt("/other")).toBe(200);
    expect(await ask("GET", "/v1/config")).toMatchObject({ text: other(), etag: put.etag });
    await gateway.restart();
    expect(await statusAt("/other")).toBe(200);
  });

  test("changes nothing where it is wrong: told by line and path, with the file as it was", async () => {
    await boot();
    const put = await ask("PUT", "/v1/config", "apis:\n  - id: orders\n    listn: /orders\n    upstream: http://u\n");
    expect(put).toMatchObject({
      status: 422,
      value: { detail: expect.stringMatching(/gateway\.json:3: apis\[0\]\.listn: .*did you mean listen/) as string },
    });
    expect((await ask("PUT", "/v1/config", "")).status).toBe(422);
    expect(JSON.parse((await ask("GET", "/v1/config")).text)).toEqual(literal());
    expect(await statusAt("/orders/x")).toBe(401);
    expect(readdirSync(gateway.folder)).not.toContain("gateway.json.new");
  });

  test("is refused to whoever read an older one", async () => {
    await boot();
    const { etag } = await ask("GET", "/v1/config");
    expect((await ask("PUT", "/v1/config", other(), { "if-match": etag })).status).toBe(200);
    expect((await ask("PUT", "/v1/config", other(), { "if-match": etag })).status).toBe(412);
    expect((await ask("PUT", "/v1/config", other(), { "if-match": "*" })).status).toBe(400);
  });

  test("is refused where the gateway's configuration is a variable of its environment, which serves all the same", async () => {
    await boot({ config: "env://GATEWAY", env: { GATEWAY: JSON.stringify(literal()) } });
    expect(await statusAt("/orders/x")).toBe(401);
    const { secret } = await issue();
    expect(await call(secret)).toBe(200);
    for (const method of ["GET", "PUT"])
      expect(await ask(method, "/v1/config", method === "PUT" ? other() : undefined)).toMatchObject({
        status: 409,
        value: {
          code: "configuration_read_only",
          detail: expect.stringContaining("a variable of the environment") as string,
        },
      });
  });
});

test("every try at a change is told in the log, with who made it and without what was sent", async () => {
  await boot();
  const { id } = await issue({ policies: ["gold"], name: "not in the log" });
  await ask("DELETE", "/v1/keys/nobody");
  await ask("POST", "/v1/reload", undefined, { authorization: "Bearer wrong" });
  const lines = () =>
    gateway
      .output()
      .split("\n")
      .filter((line) => line.includes('"audit":true'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  await waitUntil(() => lines().length === 3, { what: "three lines", timeoutMs: 5_000 });
  expect(lines()).toMatchObject([
    { method: "POST", path: "/v1/keys", status: 201, from: "127.0.0.1", made: `/v1/keys/${id}` },
    { method: "DELETE", path: "/v1/keys/nobody", status: 404 },
    { method: "POST", path: "/v1/reload", status: 401 },
  ]);
  expect(gateway.output()).not.toContain("not in the log");
});

test("a path that is not known, and a method that is not, are told what is", async () => {
  await boot();
  expect((await ask("GET", "/v1/key")).value.detail).toContain("DELETE /v1/keys/{id}");
  expect(await ask("PATCH", "/v1/keys/written")).toMatchObject({
    status: 405,
    value: { detail: "Here: GET, PUT, DELETE." },
  });
});
