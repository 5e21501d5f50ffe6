import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bootGateway, startRefused, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

let gateway: BootedGateway;
let first: Upstream;
let second: Upstream;

const document = (...ids: string[]) => ({
  openapi: "3.1.0",
  paths: Object.fromEntries(ids.map((id) => [`/${id}`, { get: { operationId: id } }])),
});
const lifecycle = {
  versions: {
    v1: {
      state: "deprecated",
      deprecatedAt: "2026-01-01T00:00:00Z",
      sunset: "2099-01-01T00:00:00Z",
      link: "https://example.com/v2",
    },
    v2: {},
    gone: { state: "retired", sunset: "2020-01-01T00:00:00Z" },
    late: { sunset: "2020-01-01T00:00:00Z", afterSunset: "refuse" },
    lingering: { sunset: "2020-01-01T00:00:00Z" },
  },
};

beforeAll(async () => {
  first = await startUpstream((request, response) => {
    response.setHeader("sunset", "the upstream's own");
    response.end(`first ${request.url}`);
  });
  second = await startUpstream((request, response) => void response.end(`second ${request.url}`));
  const api = (id: string, more: object) => ({ id, listen: `/${id}`, upstream: second.url, auth: "none", ...more });
  gateway = await bootGateway({
    apis: [
      api("header", {
        versioning: {
          by: { header: "X-Version" },
          default: "v2",
          versions: { ...lifecycle.versions, v1: { ...lifecycle.versions.v1, upstream: first.url } },
        },
      }),
      api("query", { versioning: { by: { query: "v" }, versions: { v1: { upstream: first.url }, "v2.0": {} } } }),
      api("path", {
        versioning: {
          by: "path",
          default: "v2",
          versions: { v1: { upstream: first.url }, v2: {}, v9: { state: "retired" } },
        },
      }),
      api("strict", { listen: { path: "/strict", strip: false }, versioning: { by: "path", versions: { v1: {} } } }),
      api("limited", {
        rate: "2/d",
        versioning: { by: { query: "v" }, versions: { own: { rate: "1/d" }, shared: {}, other: {} } },
      }),
      api("described", {
        strictOperations: true,
        openapi: document("old", "both"),
        operations: { both: { block: true } },
        versioning: {
          by: { query: "v" },
          versions: { v1: {}, v2: { openapi: document("new", "both"), operations: { both: { block: false } } } },
        },
      }),
      api("closed", {
        auth: "none",
        versioning: { by: { query: "v" }, versions: { open: {}, keyed: { auth: "key" } } },
      }),
    ],
  });
});
afterAll(async () => {
  await gateway.stop();
  await first.stop();
  await second.stop();
});

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${gateway.url}${path}`, { headers });
  const text = await response.text();
  const told = text.startsWith("{") ? (JSON.parse(text) as { code: string; detail: string }) : undefined;
  return { status: response.status, headers: response.headers, text, code: told?.code, detail: told?.detail };
};

describe("a call's version is the one that it names", () => {
  test.each([
    ["/header/x", { "x-version": "v1" }, "first /x"],
    ["/header/x", { "X-VERSION": " v2 " }, "second /x"],
    ["/header/x", {}, "second /x"],
    ["/query/x?a=1&v=v1", {}, "first /x?a=1&v=v1"],
    ["/query/x?v=v2%2E0", {}, "second /x?v=v2%2E0"],
    ["/path/v1/x", {}, "first /x"],
    ["/path/v1", {}, "first /"],
    ["/path/v2/x?q", {}, "second /x?q"],
    ["/path/x", {}, "second /x"],
    ["/path/v11/x", {}, "second /v11/x"],
    ["/path", {}, "second /"],
    ["/path/../path/v1/x", {}, "first /x"],
    ["/strict/v1/x", {}, "second /strict/v1/x"],
  ])("%s %j", async (path, headers, expected) => {
    expect(await get(path, headers)).toMatchObject({ status: 200, text: expected });
  });
});

test.each([
  ["/header/x", { "x-version": "v3" }, "v1, v2, late, lingering"],
  ["/header/x", { "x-version": "__proto__" }, "v1, v2, late, lingering"],
  ["/query/x", {}, "v1, v2.0"],
  ["/query/x?v=", {}, "v1, v2.0"],
  ["/query/x?v=v1&v=v2.0", {}, "v1, v2.0"],
  ["/strict/x", {}, "v1"],
])("a version that there is not is 404 with the names of those that there are: %s %j", async (path, headers, known) => {
  const { status, code, detail } = await get(path, headers);
  expect({ status, code }).toEqual({ status: 404, code: "version_unknown" });
  expect(detail).toContain(known);
});

test("answers of a deprecated version say since when, until when, and where to read about it", async () => {
  const { headers } = await get("/header/x", { "x-version": "v1" });
  expect(headers.get("deprecation")).toBe("@1767225600");
  expect(headers.get("sunset")).toBe("Thu, 01 Jan 2099 00:00:00 GMT");
  expect(headers.get("link")).toBe(
    '<https://example.com/v2>; rel="deprecation"; type="text/html", <https://example.com/v2>; rel="sunset"; type="text/html"',
  );
  const current = await get("/header/x");
  expect([current.headers.get("deprecation"), current.headers.get("sunset"), current.headers.get("link")]).toEqual([
    ...[null, null, null],
  ]);
});

test.each([
  ["retired", "gone", 410],
  ["past its sunset, and refused then", "late", 410],
  ["past its sunset, and served on", "lingering", 200],
])("a version that is %s", async (_state, version, status) => {
  const answer = await get("/header/x", { "x-version": version });
  expect(answer.status).toBe(status);
  expect(answer.code).toBe(status === 410 ? "version_retired" : undefined);
  expect(answer.headers.get("sunset")).toBe("Wed, 01 Jan 2020 00:00:00 GMT");
});

test("a retired version in the path does not fall to the default", async () => {
  expect(await get("/path/v9/x")).toMatchObject({ status: 410, code: "version_retired" });
});

test("a limit that a version says itself is its own; what it has of its API is one count over all versions", async () => {
  const statuses = [];
  for (const version of ["own", "own", "shared", "other", "shared"])
    statuses.push((await get(`/limited/x?v=${version}`)).status);
  expect(statuses).toEqual([200, 429, 200, 200, 429]);
});

test("a version's own document says which operations it has, and its settings go before its API's", async () => {
  const status = async (path: string) => (await get(`/described${path}`)).status;
  expect([await status("/old?v=v1"), await status("/new?v=v1"), await status("/both?v=v1")]).toEqual([200, 404, 403]);
  expect([await status("/old?v=v2"), await status("/new?v=v2"), await status("/both?v=v2")]).toEqual([404, 200, 200]);
});

test("a version may ask for a credential where its API does not", async () => {
  expect((await get("/closed/x?v=open")).status).toBe(200);
  expect((await get("/closed/x?v=keyed")).status).toBe(401);
});

test("what a version names and is not there is told at its place", async () => {
  const version = {
    upstream: "causeway://nobody",
    auth: { jwt: { issuer: "https://i.test", audience: "a", policies: ["gold"] } },
  };
  const api = { id: "a", listen: "/a", upstream: "http://u", versioning: { by: "path", versions: { v1: version } } };
  const { stderr, status } = await startRefused({ apis: [api] });
  expect(stderr).toContain("apis[0].versioning.versions.v1.upstream: no API is called nobody; known: a");
  expect(stderr).toContain(
    "apis[0].versioning.versions.v1.auth.jwt.policies[0]: no policy is called gold; known: none",
  );
  expect(status).toBe(2);
});
