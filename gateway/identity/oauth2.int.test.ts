import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashToken } from "#base/token.ts";
import { bootGateway, startRefused, readLiteral, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startIssuer, type Issuer } from "#gateway/testkit/issuer.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

let gateway: BootedGateway;
let upstream: Upstream;
let issuer: Issuer;

const SIGNING = "what tokens are signed with, long enough";
const document = {
  openapi: "3.1.0",
  info: { title: "O", version: "1" },
  paths: { "/x": { get: { operationId: "x" } } },
};

function literal() {
  const introspection = { url: `${issuer.url}/introspect`, clientId: "gate:way", clientSecret: "env://CLIENT_SECRET" };
  const issue = { signingKey: "env://SIGNING" };
  const api = (id: string, oauth2: object, more: object = {}) => ({
    id,
    listen: `/${id}`,
    upstream: upstream.url,
    auth: { oauth2 },
    ...more,
  });
  return {
    apis: [
      api("asked", { introspection: { ...introspection, cacheFor: "300ms" } }),
      api("short", { introspection: { ...introspection, cacheFor: "0ms", staleFor: "0ms" } }),
      api("aimed", { introspection: { ...introspection, audience: "orders" } }),
      api("scoped", { introspection, requireScopes: ["read"] }),
      api("issued", { issue }),
      api("both", { issue, introspection }),
      api("strict", { issue: { ...issue, path: "/token" } }, { openapi: "./o.json", strictOperations: true }),
    ],
    policies: [{ id: "few", apis: ["issued", "both", "strict"], rate: "1000/h" }],
    keys: [
      { id: "acme", hash: `sha256:${hashToken("secret of acme")}`, policies: ["few"] },
      { id: "gone", hash: `sha256:${hashToken("secret of gone")}`, policies: ["few"] },
      { id: "slow", hash: `sha256:${hashToken("secret of slow")}`, apis: ["issued"], rate: "2/h" },
      { id: "other", hash: `sha256:${hashToken("secret of other")}`, apis: ["asked"] },
    ],
  };
}

beforeAll(async () => {
  [upstream, issuer] = await Promise.all([startUpstream(), startIssuer()]);
  const env = { SIGNING, CLIENT_SECRET: "a secret+of mine" };
  gateway = await bootGateway(literal(), { env, files: { "o.json": JSON.stringify(document) } });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([issuer.stop(), upstream.stop()]);
});

async function call(path: string, token?: string) {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const response = await fetch(gateway.url + path, { headers });
  const body = (await response.json()) as { code?: string };
  return { status: response.status, code: body.code, response };
}

interface TokenAnswer {
  access_token?: string;
  error?: string;
}

async function ask(
  form: Record<string, string> | string,
  headers: Record<string, string> = {},
  path = "/issued/oauth/token",
) {
  const body = typeof form === "string" ? form : new URLSearchParams(form).toString();
  const type = { "content-type": "application/x-www-form-urlencoded" };
  const response = await fetch(gateway.url + path, { method: "POST", headers: { ...type, ...headers }, body });
  return { status: response.status, headers: response.headers, body: (await response.json()) as TokenAnswer };
}
const grant = { grant_type: "client_credentials" };
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString("base64")}`,
});
const tokenFor = async (id: string, path?: string) =>
  (await ask(grant, basic(id, `secret of ${id}`), path)).body.access_token!;
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

describe("a token that another server knows", () => {
  test("is asked about once while it is fresh, with credentials as RFC 6749 encodes them", async () => {
    issuer.introspected.set("good", { active: true, sub: "alice", exp: inSeconds(300) });
    const before = issuer.asked.length;
    const answers = await Promise.all([call("/scoped/x", "good"), call("/asked/x", "good"), call("/asked/x", "good")]);
    expect(answers.map(({ status }) => status)).toEqual([403, 200, 200]);
    expect(issuer.asked.length - before).toBe(2);
    expect(upstream.last().headers.authorization).toBeUndefined();
    const sent = Buffer.from(issuer.introspectedBy!.slice("Basic ".length), "base64").toString();
    expect(sent).toBe("gate%3Away:a+secret%2Bof+mine");
  });

  test("is 401 where it is not active, ended, or not known there", async () => {
    issuer.introspected.set("ended", { active: true, sub: "alice", exp: inSeconds(-1) });
    issuer.introspected.set("off", { active: false });
    for (const token of ["ended", "off", "never heard of"])
      expect(await call("/asked/x", token)).toMatchObject({ status: 401, code: "token_inactive" });
    expect(await call("/asked/x")).toMatchObject({ status: 401, code: "token_missing" });
  });

  test("is refused once the server takes it back and what was known of it is old", async () => {
    issuer.introspected.set("taken", { active: true, sub: "alice" });
    expect(await call("/asked/x", "taken")).toMatchObject({ status: 200 });
    issuer.introspected.set("taken", { active: false });
    await expect.poll(async () => (await call("/asked/x", "taken")).status, { timeout: 5_000 }).toBe(401);
  });

  test("is for this API where it says for whom it is", async () => {
    issuer.introspected.set("ours", { active: true, sub: "alice", aud: ["orders", "other"] });
    issuer.introspected.set("theirs", { active: true, sub: "alice", aud: "other" });
    issuer.introspected.set("anyone's", { active: true, sub: "alice" });
    expect(await call("/aimed/x", "ours")).toMatchObject({ status: 200 });
    for (const token of ["theirs", "anyone's"])
      expect(await call("/aimed/x", token)).toMatchObject({ status: 401, code: "token_audience" });
  });

  test("has scopes, and one of a program alone is known by its client", async () => {
    issuer.introspected.set("program", { active: true, client_id: "robot", scope: "read write" });
    expect(await call("/scoped/x", "program")).toMatchObject({ status: 200 });
  });

  test("goes on while the server is down, and one that is not known is 503 and never 401", async () => {
    issuer.introspected.set("known", { active: true, sub: "alice" });
    for (const path of ["/asked/x", "/short/x"]) expect(await call(path, "known")).toMatchObject({ status: 200 });
    issuer.down = true;
    try {
      const statuses: number[] = [];
      const until = Date.now() + 600;
      while (Date.now() < until) statuses.push((await call("/asked/x", "known")).status);
      expect(new Set(statuses)).toEqual(new Set([200]));
      expect(await call("/asked/x", "stranger")).toMatchObject({ status: 503, code: "issuer_unreachable" });
      expect(await call("/short/x", "known")).toMatchObject({ status: 503, code: "issuer_unreachable" });
    } finally {
      issuer.down = false;
    }
  });
});

describe("a token for a key", () => {
  test("is issued by Basic or by the form, is not cached, and opens what the key opens", async () => {
    const first = await ask(grant, basic("acme", "secret of acme"));
    expect(first).toMatchObject({ status: 200, body: { token_type: "Bearer", expires_in: 3_600 } });
    expect(first.headers.get("cache-control")).toBe("no-store");
    const second = await ask({ ...grant, client_id: "acme", client_secret: "secret of acme" });
    for (const { access_token: token } of [first.body, second.body])
      expect(await call("/issued/x", token)).toMatchObject({ status: 200 });
    expect(upstream.last().headers.authorization).toBeUndefined();
  });

  test("holds neither the key nor its hash in the clear", async () => {
    const claims = JSON.stringify(decodeJwt(await tokenFor("acme")));
    expect(claims).not.toContain("secret of acme");
    expect(claims).not.toContain(hashToken("secret of acme"));
  });

  test("is good at the API that issued it and at no other, and beside tokens that another server knows", async () => {
    const token = await tokenFor("acme", "/both/oauth/token");
    expect(await call("/both/x", token)).toMatchObject({ status: 200 });
    expect(await call("/issued/x", token)).toMatchObject({ status: 401, code: "token_signature" });
    issuer.introspected.set("theirs", { active: true, sub: "alice" });
    expect(await call("/both/x", "theirs")).toMatchObject({ status: 200 });
  });

  test("has the key's limits, however many tokens there are", async () => {
    const tokens = [await tokenFor("slow"), await tokenFor("slow"), await tokenFor("slow")];
    const statuses: number[] = [];
    for (const token of tokens) statuses.push((await call("/issued/x", token)).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  test("ends when its key does, at once", async () => {
    const token = await tokenFor("gone");
    expect(await call("/issued/x", token)).toMatchObject({ status: 200 });
    const before = readLiteral(gateway);
    const keys = (before.keys as { id: string }[]).filter(({ id }) => id !== "gone");
    // A policy that changes with it makes this a new revision, which is what reconfigure waits for.
    await gateway.reconfigure({ ...before, keys, policies: [...(before.policies as object[]), { id: "extra" }] });
    expect(await call("/issued/x", token)).toMatchObject({ status: 401, code: "key_unknown" });
  });

  test("is refused when it is altered", async () => {
    const token = await tokenFor("acme");
    const [head, payload, signature] = token.split(".") as [string, string, string];
    const claims = { ...decodeJwt(token), sub: "slow" };
    const other = Buffer.from(JSON.stringify(claims)).toString("base64url");
    for (const forged of [
      `${head}.${other}.${signature}`,
      `${head}.${payload}.${"A".repeat(43)}`,
      `${head}.${payload}.`,
    ])
      expect(await call("/issued/x", forged)).toMatchObject({ status: 401, code: "token_signature" });
  });

  test("is there where an API is strict about its document", async () => {
    const token = await tokenFor("acme", "/strict/token");
    expect(await call("/strict/x", token)).toMatchObject({ status: 200 });
    expect(await call("/strict/token", token)).toMatchObject({ status: 405 });
    expect(await call("/strict/nothing", token)).toMatchObject({ status: 404 });
  });
});

describe("what is wrong with a request for a token is said as RFC 6749 says it", () => {
  const client = { client_id: "acme", client_secret: "secret of acme" };
  test.each<[string, Record<string, string> | string, Record<string, string>, number, string]>([
    ["another secret", { ...grant, ...client, client_secret: "wrong" }, {}, 401, "invalid_client"],
    [
      "another key's secret",
      { ...grant, client_id: "acme", client_secret: "secret of other" },
      {},
      401,
      "invalid_client",
    ],
    ["nobody", grant, {}, 401, "invalid_client"],
    ["no grant", client, {}, 400, "invalid_request"],
    ["another grant", { ...client, grant_type: "password" }, {}, 400, "unsupported_grant_type"],
    ["a scope", { ...grant, ...client, scope: "all" }, {}, 400, "invalid_scope"],
    ["a parameter twice", "grant_type=client_credentials&grant_type=client_credentials", {}, 400, "invalid_request"],
    ["JSON", "{}", { "content-type": "application/json" }, 400, "invalid_request"],
    ["both ways at once", { ...grant, ...client }, basic("acme", "secret of acme"), 400, "invalid_request"],
    ["a key of another API", grant, basic("other", "secret of other"), 400, "unauthorized_client"],
    ["too much", "a".repeat(20_000), {}, 413, "invalid_request"],
  ])("%s", async (_name, form, headers, status, error) => {
    const answer = await ask(form, headers);
    expect(answer).toMatchObject({ status, body: { error } });
    if (status === 401) expect(answer.headers.get("www-authenticate")).toMatch(/^Basic /);
  });

  // The last of this file: it makes this address wait.
  test("wrong attempts are slowed, and right ones from there with them", async () => {
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1)
      statuses.push((await ask(grant, basic("acme", `guess ${attempt}`))).status);
    expect(statuses.at(-1)).toBe(429);
    const answer = await ask(grant, basic("acme", "secret of acme"));
    expect(answer).toMatchObject({ status: 429, body: { error: "temporarily_unavailable" } });
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

test("a signing key that is too short is named at load", async () => {
  const auth = { oauth2: { issue: { signingKey: "env://SHORT" } } };
  const api = { id: "a", listen: "/", upstream: upstream.url, auth };
  const { stderr } = await startRefused({ apis: [api] }, { SHORT: "short" });
  expect(stderr).toContain("oauth2.issue.signingKey: expected 32 characters or more");
});
