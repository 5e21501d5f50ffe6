import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { apiSettings } from "#contracts/api/definition.ts";
import { keyRecord } from "#contracts/key/record.ts";
import { policy } from "#contracts/policy/policy.ts";
import type { Exchange, Reply } from "#gateway/pipeline/index.ts";
import { makeCertificate } from "#tools/testing/certificates.ts";
import { exchangeOf, pluginDepsOf, type AskedRequest, type PretendOptions } from "#gateway/testkit/identified.ts";
import { authenticate } from "./index.ts";

const client = makeCertificate({ subject: "/CN=acme" });
const tls = { getPeerX509Certificate: () => client.x509 };
const fingerprint = client.x509.fingerprint256.replaceAll(":", "").toLowerCase();
const mtls = { allow: [`sha256:${fingerprint}`] };
const SHARED = "a secret of thirty-two characters or more";
const jwt = { issuer: "https://issuer.test", audience: "orders", secret: "env://SHARED" };

const record = (id: string, more: object = {}) =>
  keyRecord.parse({ id, hash: "0".repeat(64), apis: ["orders"], ...more });
const keys = {
  good: record("acme"),
  off: record("off", { state: "inactive" }),
  old: record("old", { expiresAtMs: 1 }),
};

function tokenOf(claims: object = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({ iss: jwt.issuer, aud: "orders", sub: "alice", exp: now + 300, ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(SHARED));
}

async function ask(auth: unknown, asked: AskedRequest, options: PretendOptions = {}) {
  const api = apiSettings.parse({ id: "orders", listen: "/", upstream: "http://a.test", auth });
  const deps = pluginDepsOf({ keys, secrets: { SHARED }, ...options });
  const step = authenticate.compile({ ...api, operations: [] }, deps)!;
  const exchange = exchangeOf(asked);
  const reply: Reply | undefined = await step(exchange);
  const { headers = [] } = reply ?? {};
  const challenges = headers.flatMap((name, index) => (name === "WWW-Authenticate" ? [headers[index + 1]!] : []));
  return { status: reply?.status, code: reply?.code, challenges, exchange };
}
const basic = (user: string, password: string): [string, string] => [
  "Authorization",
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
];
const apiKey = (text: string): [string, string] => ["X-API-Key", text];
const bearer = (text: string): [string, string] => ["Authorization", `Bearer ${text}`];

describe("all of one alternative", () => {
  const both = { anyOf: [{ key: {}, mtls }] };
  test.each<[string, AskedRequest, string | undefined]>([
    ["both are there", { headers: [apiKey("good")], tls }, undefined],
    ["the certificate lacks", { headers: [apiKey("good")] }, "certificate_missing"],
    ["the key lacks", { tls }, "key_missing"],
    ["the key is not known", { headers: [apiKey("bad")], tls }, "key_unknown"],
    ["neither is there", {}, "credential_missing"],
  ])("%s", async (_name, asked, code) => {
    expect(await ask(both, asked)).toMatchObject({ code });
  });

  test("the key is who calls, and a token beside it adds its claims", async () => {
    const auth = { anyOf: [{ jwt, key: { header: "X-API-Key" } }] };
    const { exchange } = await ask(auth, { headers: [apiKey("good"), bearer(await tokenOf({ org: "a" }))] });
    expect(exchange.principal).toMatchObject({ keyId: "acme", claims: { sub: "alice", org: "a" } });
  });

  test("no credential of several goes upstream", async () => {
    const auth = { anyOf: [{ jwt, key: { header: "X-API-Key" } }] };
    const { exchange } = await ask(auth, { headers: [apiKey("good"), bearer(await tokenOf())] });
    expect(new Set([exchange.credentialHeader, ...exchange.requestEdit!.drop])).toEqual(
      new Set(["authorization", "x-api-key"]),
    );
  });
});

describe("a credential that was sent twice", () => {
  const places = { header: "X-Token", query: "token", cookie: "token" };
  const everywhere = (text: string): AskedRequest => ({
    headers: [
      ["X-Token", text],
      ["Cookie", `a=1; token=${text}`],
    ],
    query: `?a=1&token=${text}`,
  });
  const leaves = ({ credentialHeader, requestEdit, upstreamQuery }: Exchange) => ({
    dropped: new Set([credentialHeader, ...(requestEdit?.drop ?? [])]),
    added: requestEdit?.add,
    upstreamQuery,
  });

  test("goes upstream from none of the places of its API", async () => {
    const { exchange } = await ask("key", { headers: [bearer("good"), apiKey("good")] });
    expect(leaves(exchange).dropped).toEqual(new Set(["authorization", "x-api-key"]));
    const nothingLeft = {
      dropped: new Set(["x-token", "cookie"]),
      added: ["Cookie", "a=1"],
      upstreamQuery: "?a=1",
    };
    const byToken = await ask({ jwt: { ...jwt, ...places } }, everywhere(await tokenOf()));
    expect(leaves(byToken.exchange)).toEqual(nothingLeft);
    const twoPlaces = { header: "X-Token", query: "token" };
    const byKey = await ask({ key: twoPlaces }, { headers: [["X-Token", "good"]], query: "?token=good&a=1" });
    expect(leaves(byKey.exchange)).toMatchObject({ dropped: new Set(["x-token"]), upstreamQuery: "?a=1" });
  });

  test("what is no credential of this kind stays", async () => {
    const { exchange } = await ask("key", { headers: [apiKey("good"), basic("for", "upstream")] });
    expect(leaves(exchange).dropped).toEqual(new Set(["x-api-key"]));
  });
});

test("a credential that is longer than any may be is told so, and not that none was sent", async () => {
  const long = "x".repeat(16_385);
  const placed = { header: "X-Token", query: "token" };
  const issue = { issue: { signingKey: "env://SHARED" } };
  for (const [auth, asked] of [
    ["key", { headers: [apiKey(long)] }],
    ["key", { headers: [bearer(long)] }],
    [{ key: placed }, { query: `?token=${long}` }],
    [{ jwt }, { headers: [bearer(await tokenOf({ more: long }))] }],
    [{ jwt: { ...jwt, cookie: "token" } }, { headers: [["Cookie", `token=${long}`]] }],
    [{ oauth2: issue }, { headers: [bearer(long)] }],
    [{ anyOf: [{ key: {} }, { jwt }] }, { headers: [bearer(long)] }],
  ] as [unknown, AskedRequest][])
    expect(await ask(auth, asked)).toMatchObject({ status: 401, code: "credential_too_long" });
  expect(await ask("key", { headers: [apiKey("")] })).toMatchObject({ code: "key_missing" });
});

describe("any of several alternatives", () => {
  const auth = { anyOf: [{ key: {}, mtls }, { basic: { realm: "orders" } }, { jwt }] };

  test("nothing was sent: every way in is told, each on a line of its own", async () => {
    expect(await ask(auth, {})).toMatchObject({
      status: 401,
      code: "credential_missing",
      challenges: ['Bearer realm="causeway"', 'Certificate realm="causeway"', 'Basic realm="orders", charset="UTF-8"'],
    });
  });

  test.each<[string, () => Promise<AskedRequest>, string | undefined, string | undefined]>([
    ["the first", async () => ({ headers: [apiKey("good")], tls }), undefined, "acme"],
    ["the second", async () => ({ headers: [basic("acme", "good")] }), undefined, "acme"],
    ["the third", async () => ({ headers: [bearer(await tokenOf())] }), undefined, "jwt:"],
    [
      "one holds though another was wrong",
      async () => ({ headers: [apiKey("bad"), basic("acme", "good")] }),
      undefined,
      "acme",
    ],
    [
      "what was sent is what is told of",
      async () => ({ headers: [basic("acme", "bad")] }),
      "credentials_wrong",
      undefined,
    ],
    [
      "a token's end is told",
      async () => ({ headers: [bearer(await tokenOf({ exp: 1 }))] }),
      "token_expired",
      undefined,
    ],
    [
      "half of the first, which lacks the other",
      async () => ({ headers: [apiKey("good")] }),
      "certificate_missing",
      undefined,
    ],
  ])("%s", async (_name, asked, code, caller) => {
    const answer = await ask(auth, await asked());
    expect(answer.code).toBe(code);
    if (caller !== undefined) expect(answer.exchange.principal?.keyId).toContain(caller);
  });
});

describe("a store that cannot be asked", () => {
  const either = { anyOf: [{ key: {} }, { jwt }] };

  test("is 503 and never 401, and only where nothing else holds", async () => {
    const storeDown = { storeDown: true };
    expect(await ask("key", { headers: [apiKey("good")] }, storeDown)).toMatchObject({
      status: 503,
      code: "store_unreachable",
    });
    expect(await ask("basic", { headers: [basic("acme", "good")] }, storeDown)).toMatchObject({ status: 503 });
    const both = { headers: [apiKey("good"), bearer(await tokenOf())] };
    const other = { anyOf: [{ key: { header: "X-API-Key" } }, { jwt }] };
    expect(await ask(other, both, storeDown)).toMatchObject({ status: undefined });
    const wrong = { headers: [apiKey("good"), bearer(await tokenOf({ exp: 1 }))] };
    expect(await ask(other, wrong, storeDown)).toMatchObject({ status: 503, code: "store_unreachable" });
  });

  test("is not asked about a token, which is no key", async () => {
    expect(await ask(either, { headers: [bearer(await tokenOf())] }, { storeDown: true })).toMatchObject({
      status: undefined,
    });
    expect(await ask(either, { headers: [bearer("a key")] })).toMatchObject({ status: 401, code: "key_unknown" });
  });

  test("a secret that cannot be read is 503 too", async () => {
    expect(await ask({ jwt }, { headers: [bearer(await tokenOf())] }, { secrets: {} })).toMatchObject({
      status: 503,
      code: "secret_unavailable",
    });
  });
});

describe("basic", () => {
  test.each<[string, [string, string], string | undefined]>([
    ["user and password of a key", basic("acme", "good"), undefined],
    ["another user with that password", basic("other", "good"), "credentials_wrong"],
    ["a password that nobody has", basic("acme", "bad"), "credentials_wrong"],
    ["no colon", ["Authorization", `Basic ${Buffer.from("acme").toString("base64")}`], "credentials_malformed"],
    ["no base64", ["Authorization", "Basic *"], "credentials_malformed"],
    ["another scheme", bearer("good"), "credentials_missing"],
    ["a key that is not active", basic("off", "off"), "key_inactive"],
    ["a key that has expired", basic("old", "old"), "key_expired"],
  ])("%s", async (_name, header, code) => {
    const answer = await ask("basic", { headers: [header] });
    expect(answer.code).toBe(code);
    if (code) expect(answer.challenges).toEqual(['Basic realm="causeway", charset="UTF-8"']);
  });
});

describe("a shared secret", () => {
  const signed = (alg: string, secret: string) =>
    new SignJWT({ iss: jwt.issuer, aud: "orders", sub: "alice", exp: Math.floor(Date.now() / 1_000) + 300 })
      .setProtectedHeader({ alg })
      .sign(new TextEncoder().encode(secret));
  const of = (length: number) => "s".repeat(length);

  test.each<[string, object, string]>([
    ["shorter than any algorithm asks for", {}, "secret: expected 32 bytes or more, as HS256 asks for"],
    ["shorter than the pinned one asks for", { algorithms: ["HS512"] }, "secret: expected 64 bytes or more, as HS512"],
  ])("%s is refused when it is read", async (_name, more, message) => {
    const secrets = { SHARED: of(31) };
    await expect(ask({ jwt: { ...jwt, ...more } }, {}, { secrets })).rejects.toThrow(message);
  });

  test("is good for all algorithms that it is long enough for, unless some are pinned", async () => {
    const secrets = { SHARED: of(48) };
    for (const [alg, code] of [
      ["HS256", undefined],
      ["HS384", undefined],
      ["HS512", "token_key_unknown"],
    ] as const)
      expect(await ask({ jwt }, { headers: [bearer(await signed(alg, of(48)))] }, { secrets })).toMatchObject({ code });
    const pinned = { jwt: { ...jwt, algorithms: ["HS256"] } };
    expect(await ask(pinned, { headers: [bearer(await signed("HS384", of(48)))] }, { secrets })).toMatchObject({
      code: "token_algorithm",
    });
  });
});

describe("a token that is bound to a certificate", () => {
  const thumbprint = Buffer.from(fingerprint, "hex").toString("base64url");
  const bound = async (to: unknown) => ({ headers: [bearer(await tokenOf({ cnf: { "x5t#S256": to } }))] });

  test("opens with that certificate alone", async () => {
    expect(await ask({ jwt }, { ...(await bound(thumbprint)), tls })).toMatchObject({ status: undefined });
    expect(await ask({ jwt }, await bound(thumbprint))).toMatchObject({ status: 401, code: "certificate_mismatch" });
    for (const other of ["A".repeat(43), "", 5, [thumbprint], null])
      expect(await ask({ jwt }, { ...(await bound(other)), tls })).toMatchObject({ code: "certificate_mismatch" });
  });
});

test("a policy that is switched off turns its callers away as known and not allowed", async () => {
  const policies = [policy.parse({ id: "gold", state: "inactive", apis: ["orders"] })];
  const auth = { jwt: { ...jwt, policies: ["gold"] } };
  expect(await ask(auth, { headers: [bearer(await tokenOf())] }, { policies })).toMatchObject({
    status: 403,
    code: "policy_inactive",
  });
});
