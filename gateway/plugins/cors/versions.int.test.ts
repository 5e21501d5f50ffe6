import { afterAll, beforeAll, expect, test } from "vitest";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

const PAGE = "https://page.example";
const NEW_PAGE = "https://new.example";
const OLD_PAGE = "https://old.example";

let upstream: Upstream;
let gateway: BootedGateway;

beforeAll(async () => {
  upstream = await startUpstream();
  const rule = (...origins: string[]) => ({ origins });
  const api = (id: string, more: object) => ({
    id,
    listen: `/${id}`,
    upstream: upstream.url,
    auth: "key",
    cors: rule(PAGE),
    ...more,
  });
  const versions = { v1: { cors: rule(OLD_PAGE) }, v2: {} };
  gateway = await bootGateway({
    apis: [
      api("path", { versioning: { by: "path", default: "v2", versions } }),
      api("query", { versioning: { by: { query: "v" }, versions } }),
      api("header", { versioning: { by: { header: "X-Version" }, default: "v2", versions } }),
      api("unnamed", { versioning: { by: { header: "X-Version" }, versions } }),
      {
        ...api("closed", { versioning: { by: { header: "X-Version" }, default: "v2", versions } }),
        cors: undefined,
      },
      api("late", {
        versioning: {
          by: { header: "X-Version" },
          versions: { gone: { state: "retired", cors: rule(OLD_PAGE) }, here: { cors: rule(NEW_PAGE) } },
        },
      }),
    ],
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

async function preflight(path: string, origin: string) {
  const headers = {
    origin,
    "access-control-request-method": "GET",
    "access-control-request-headers": "x-version,x-api-key",
  };
  const { status, headers: said } = await fetch(gateway.url + path, { method: "OPTIONS", headers });
  return { status, origin: said.get("access-control-allow-origin") };
}

test.each([
  ["the path names a version with a rule of its own", "/path/v1/x", OLD_PAGE, PAGE],
  ["the path names a version without one: the API's", "/path/v2/x", PAGE, OLD_PAGE],
  ["the path names none: the default's", "/path/x", PAGE, OLD_PAGE],
  ["the query names a version with a rule of its own", "/query/x?v=v1", OLD_PAGE, PAGE],
  ["the query names a version without one: the API's", "/query/x?v=v2", PAGE, OLD_PAGE],
  ["a header would, which no preflight carries: the default's", "/header/x", PAGE, NEW_PAGE],
])("where %s rule answers a preflight", async (_where, path, allowed, refused) => {
  expect(await preflight(path, allowed)).toEqual({ status: 204, origin: allowed });
  expect(await preflight(path, refused)).toEqual({ status: 403, origin: null });
});

test("a header names the version and there is no default: the first version that pages may call answers for all", async () => {
  expect(await preflight("/unnamed/x", OLD_PAGE)).toEqual({ status: 204, origin: OLD_PAGE });
  expect((await preflight("/unnamed/x", NEW_PAGE)).status).toBe(403);
});

test("a default that no page may call leaves the answer to a version that some may", async () => {
  expect(await preflight("/closed/x", OLD_PAGE)).toEqual({ status: 204, origin: OLD_PAGE });
});

test("a version that is gone answers no preflight for the others", async () => {
  expect(await preflight("/late/x", NEW_PAGE)).toEqual({ status: 204, origin: NEW_PAGE });
});

test("the answer itself is by the version that is called", async () => {
  const call = async (path: string, version: string) => {
    const response = await fetch(gateway.url + path, { headers: { origin: OLD_PAGE, "x-version": version } });
    return response.headers.get("access-control-allow-origin");
  };
  expect(await call("/header/x", "v1")).toBe(OLD_PAGE);
  expect(await call("/header/x", "v2")).toBeNull();
});
