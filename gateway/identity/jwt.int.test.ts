import { createSecretKey } from "node:crypto";
import { importJWK, exportSPKI, SignJWT, type CryptoKey } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bootGateway, startRefused, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startIssuer, type Issuer } from "#gateway/testkit/issuer.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";
import { freePort } from "#tools/testing/free-port.ts";

let gateway: BootedGateway;
let upstream: Upstream;
let issuer: Issuer;

const SHARED = "a secret that issuer and gateway share, long enough";

function literal() {
  const jwt = { issuer: issuer.url, audience: "orders", jwks: issuer.jwksUrl };
  const api = (id: string, auth: unknown) => ({ id, listen: `/${id}`, upstream: upstream.url, auth });
  return {
    apis: [
      api("open", { jwt }),
      api("scoped", { jwt: { ...jwt, requireScopes: ["read:orders"], scopes: { "read:orders": ["readers"] } } }),
      api("claimed", { jwt: { ...jwt, policiesClaim: "realm_access.policies" } }),
      api("oidc", { oidc: { issuer: issuer.url, audience: ["orders", "other"] } }),
      api("inline", { jwt: { ...jwt, jwks: { keys: issuer.keys } } }),
      api("shared", { jwt: { issuer: issuer.url, audience: "orders", secret: "env://SHARED" } }),
      {
        ...api("placed", { jwt: { ...jwt, header: "X-Token", query: "token", cookie: "session" } }),
        transform: { request: { headers: { set: { "X-From": "gateway" } } } },
      },
      api("pinned", { jwt: { ...jwt, algorithms: ["ES256"] } }),
    ],
    policies: [{ id: "readers", apis: ["scoped", "claimed"], rate: "3/h" }],
  };
}

beforeAll(async () => {
  [upstream, issuer] = await Promise.all([startUpstream(), startIssuer()]);
  gateway = await bootGateway(literal(), { env: { SHARED } });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([issuer.stop(), upstream.stop()]);
});

async function call(path: string, headers: Record<string, string> = {}, url = gateway.url) {
  const response = await fetch(url + path, { headers });
  const body = (await response.json()) as { code?: string };
  return { status: response.status, code: body.code, challenge: response.headers.get("www-authenticate"), response };
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const ago = (seconds: number) => Math.floor(Date.now() / 1_000) - seconds;

describe("a token of the issuer", () => {
  test("opens the API and never goes upstream", async () => {
    expect(await call("/open/x", bearer(await issuer.sign()))).toMatchObject({ status: 200 });
    expect(upstream.last().headers.authorization).toBeUndefined();
  });

  test("is found by discovery, in a set of the configuration, and by a shared secret", async () => {
    const token = await issuer.sign();
    expect(await call("/oidc/x", bearer(token))).toMatchObject({ status: 200 });
    expect(await call("/inline/x", bearer(token))).toMatchObject({ status: 200 });
    const signed = await issuer.sign({}, { alg: "HS256", key: new TextEncoder().encode(SHARED) });
    expect(await call("/shared/x", bearer(signed))).toMatchObject({ status: 200 });
    expect(await call("/shared/x", bearer(token))).toMatchObject({ status: 401, code: "token_algorithm" });
  });

  test("is read from the places that the API names and from no other, and leaves each of them", async () => {
    const token = await issuer.sign();
    expect(await call("/placed/x", bearer(token))).toMatchObject({ status: 401, code: "token_missing" });
    expect(await call("/placed/x", { "x-token": token })).toMatchObject({ status: 200 });
    expect(upstream.last().headers["x-token"]).toBeUndefined();
    expect(await call(`/placed/x?a=%20&token=${token}&b`)).toMatchObject({ status: 200 });
    expect(upstream.last().url).toBe("/x?a=%20&b");
    expect(await call("/placed/x", { cookie: `a=1; session=${token}; b=2` })).toMatchObject({ status: 200 });
    expect(upstream.last().headers).toMatchObject({ cookie: "a=1; b=2", "x-from": "gateway" });
  });

  test("brings policies by scope and by claim, whose limits hold for its subject", async () => {
    const token = await issuer.sign({ sub: "bob", scope: "openid read:orders" });
    expect(await call("/scoped/x", bearer(token))).toMatchObject({ status: 200 });
    const claimed = await issuer.sign({ sub: "bob", realm_access: { policies: ["readers"] } });
    expect(await call("/claimed/x", bearer(claimed))).toMatchObject({ status: 200 });
    expect(await call("/scoped/x", bearer(token))).toMatchObject({ status: 200 });
    expect(await call("/scoped/x", bearer(token))).toMatchObject({ status: 429, code: "rate_limited" });
    const other = await issuer.sign({ sub: "carol", scope: "read:orders" });
    expect(await call("/scoped/x", bearer(other))).toMatchObject({ status: 200 });
  });

  test("that is good and opens nothing is 403, and a scope that lacks is named", async () => {
    expect(await call("/scoped/x", bearer(await issuer.sign()))).toMatchObject({
      status: 403,
      code: "scope_missing",
      challenge: expect.stringContaining('scope="read:orders"'),
    });
    expect(await call("/claimed/x", bearer(await issuer.sign()))).toMatchObject({
      status: 403,
      code: "api_not_allowed",
    });
    const unknown = await issuer.sign({ realm_access: { policies: ["nobody"] } });
    expect(await call("/claimed/x", bearer(unknown))).toMatchObject({ status: 403, code: "policy_inactive" });
  });
});

describe("a token that is not good is 401", () => {
  test("none at all is answered with a challenge", async () => {
    expect(await call("/open/x")).toMatchObject({
      status: 401,
      code: "token_missing",
      challenge: 'Bearer realm="causeway"',
    });
  });

  test.each<[string, () => Promise<string>, string]>([
    ["no token", async () => "abc", "token_malformed"],
    ["no signature", async () => `${(await issuer.sign()).split(".").slice(0, 2).join(".")}.`, "token_signature"],
    ["expired", () => issuer.sign({ exp: ago(60) }), "token_expired"],
    ["not yet valid", () => issuer.sign({ nbf: ago(-60) }), "token_not_yet_valid"],
    ["without an end", () => issuer.sign({ exp: undefined }), "token_claims"],
    ["another issuer's", () => issuer.sign({ iss: "https://evil.test" }), "token_issuer"],
    ["for somebody else", () => issuer.sign({ aud: "other" }), "token_audience"],
    ["for nobody", () => issuer.sign({ aud: undefined }), "token_audience"],
    ["without a subject", () => issuer.sign({ sub: undefined }), "token_claims"],
    ["with a crit that is not understood", () => issuer.sign({}, { header: { crit: ["x"], x: 1 } }), "token_malformed"],
    ["of an unknown key", () => issuer.sign({}, { kid: "nobody" }), "token_key_unknown"],
    ["of a key id that is a path", () => issuer.sign({}, { kid: "../../../../dev/null" }), "token_key_unknown"],
    ["of a key id that is no text", () => issuer.sign({}, { header: { kid: { a: 1 } } }), "token_malformed"],
    ["signed by a stranger", async () => issuer.sign({}, { key: await strangersKey() }), "token_signature"],
  ])("%s", async (_name, token, code) => {
    expect(await call("/open/x", bearer(await token()))).toMatchObject({ status: 401, code });
  });

  test.each(["none", "None", "NONE"])("signed with %s", async (alg) => {
    const [, payload] = (await issuer.sign()).split(".");
    const header = Buffer.from(JSON.stringify({ alg, kid: "key-1" })).toString("base64url");
    for (const signature of ["", "AA"])
      expect(await call("/open/x", bearer(`${header}.${payload}.${signature}`))).toMatchObject({ status: 401 });
  });

  test("signed with HS256 and the issuer's public key as the secret", async () => {
    const spki = await exportSPKI((await importJWK(issuer.keys[0]!, "RS256")) as CryptoKey);
    for (const text of [spki, spki.trim(), JSON.stringify(issuer.keys[0])]) {
      const key = createSecretKey(text, "utf8");
      const forged = await new SignJWT({ iss: issuer.url, aud: "orders", sub: "alice", exp: ago(-300) })
        .setProtectedHeader({ alg: "HS256", kid: "key-1" })
        .sign(key);
      for (const path of ["/open/x", "/inline/x", "/oidc/x"])
        expect(await call(path, bearer(forged))).toMatchObject({ status: 401, code: "token_algorithm" });
    }
  });

  test("signed with an algorithm that the API does not pin", async () => {
    expect(await call("/pinned/x", bearer(await issuer.sign()))).toMatchObject({ code: "token_algorithm" });
  });

  test("brings its own key, which is not looked at", async () => {
    const stranger = await startIssuer();
    try {
      const header = { jwk: stranger.keys[0], jku: stranger.jwksUrl };
      const forged = await stranger.sign({ iss: issuer.url }, { header });
      expect(await call("/open/x", bearer(forged))).toMatchObject({ status: 401, code: "token_signature" });
      expect(stranger.asked).toEqual([]);
    } finally {
      await stranger.stop();
    }
  });
});

async function strangersKey(): Promise<CryptoKey> {
  const { generateKeyPair } = await import("jose");
  return (await generateKeyPair("RS256")).privateKey;
}

describe("an issuer that changes or goes away", () => {
  test("rotates its keys under traffic, and no valid token is ever refused", async () => {
    const tokens = [await issuer.sign()];
    const answers: number[] = [];
    const traffic = { over: false };
    const client = async () => {
      while (!traffic.over) for (const token of tokens) answers.push((await call("/oidc/x", bearer(token))).status);
    };
    const clients = Promise.all([client(), client()]);
    for (let round = 0; round < 3; round += 1) {
      await issuer.rotate();
      tokens.push(await issuer.sign(), await issuer.sign({ sub: `round-${round}` }));
      const seen = answers.length;
      await expect.poll(() => answers.length, { timeout: 10_000 }).toBeGreaterThan(seen + 40);
    }
    traffic.over = true;
    await clients;
    expect(new Set(answers)).toEqual(new Set([200]));
  });

  test("is down: what is known goes on, and what cannot be known is 503 and never 401", async () => {
    const known = await issuer.sign();
    expect(await call("/open/x", bearer(known))).toMatchObject({ status: 200 });
    issuer.down = true;
    try {
      expect(await call("/open/x", bearer(known))).toMatchObject({ status: 200 });
      expect(await call("/open/x", bearer(await issuer.sign({ sub: "new" })))).toMatchObject({ status: 200 });
      await issuer.rotate();
      const answer = await call("/open/x", bearer(await issuer.sign()));
      expect(answer).toMatchObject({ status: 503, code: "issuer_unreachable" });
      expect(answer.response.headers.get("retry-after")).toBe("1");
    } finally {
      issuer.down = false;
    }
  });

  test("was never reached: 503 until it is there", async () => {
    const port = await freePort();
    const jwt = { issuer: issuer.url, audience: "orders", jwks: `http://127.0.0.1:${port}/jwks` };
    const alone = await bootGateway({ apis: [{ id: "a", listen: "/", upstream: upstream.url, auth: { jwt } }] });
    try {
      const answer = await call("/x", bearer(await issuer.sign()), alone.url);
      expect(answer).toMatchObject({ status: 503, code: "issuer_unreachable" });
    } finally {
      await alone.stop();
    }
  });

  test("on a private address is not asked where upstreams there are refused", async () => {
    const jwt = { issuer: issuer.url, audience: "orders", jwks: issuer.jwksUrl };
    const literal = { apis: [{ id: "a", listen: "/", upstream: upstream.url, auth: { jwt } }] };
    const guarded = await bootGateway(literal, { env: { CAUSEWAY_UPSTREAM_DENY_PRIVATE: "1" } });
    const before = issuer.asked.length;
    try {
      const answer = await call("/x", bearer(await issuer.sign()), guarded.url);
      expect(answer).toMatchObject({ status: 503, code: "issuer_unreachable" });
      expect(issuer.asked).toHaveLength(before);
    } finally {
      await guarded.stop();
    }
  });
});

test("keys of no use are named at load, and the file is refused", async () => {
  const weak = { kty: "RSA", n: "sXch", e: "AQAB" };
  const jwt = { issuer: issuer.url, audience: "orders", jwks: { keys: [issuer.keys[0], weak] } };
  const literal = { apis: [{ id: "a", listen: "/", upstream: upstream.url, auth: { anyOf: [{ key: {} }, { jwt }] } }] };
  const { stderr } = await startRefused(literal);
  expect(stderr).toContain("apis[0].auth.anyOf[1].jwt: jwks.keys[1]: expected an RSA key of 2048 bits or more");
});
