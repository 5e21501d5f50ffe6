import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { describe, expect, test } from "vitest";
import { apiSettings } from "#contracts/api/definition.ts";
import type { Reply } from "#gateway/pipeline/index.ts";
import { exchangeOf, pluginDepsOf, type AskedRequest } from "#gateway/testkit/identified.ts";
import { authenticate } from "../index.ts";
import { signatureBase } from "./signature-base.ts";
import { parseDictionary, isInnerList, serializeDictionary } from "./structured-fields.ts";
import { verifiers } from "./verify.ts";

/** Keys and messages of RFC 9421, appendix B. */
const pemOf = (jwk: object) => createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
const rsaPss = pemOf({
  kty: "RSA",
  n: "r4tmm3r20Wd_PbqvP1s2-QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct-Lh1GH45x28Rw3Ry53mm-oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHqgDsznjPFmTOtCEcN2Z1FpWgchwuYLPL-Wokqltd11nqqzi-bJ9cvSKADYdUAAN5WUtzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4aOT9v6d-nb4bnNkQVklLQ3fVAvJm-xdDOp9LCNCN48V2pnDOkFV6-U9nV5oyc6XI2w",
  e: "AQAB",
});
const p256 = pemOf({
  kty: "EC",
  crv: "P-256",
  x: "qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA",
  y: "Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0",
});
const ed25519 = pemOf({ kty: "OKP", crv: "Ed25519", x: "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs" });
const SHARED = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";
const CREATED = 1_618_884_473;
const BODY = '{"hello": "world"}';
const DIGEST = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";

const message = (more: [string, string][] = []): AskedRequest => ({
  method: "POST",
  path: "/foo",
  query: "?param=Value&Pet=dog",
  headers: [
    ["Host", "example.com"],
    ["Date", "Tue, 20 Apr 2021 02:07:55 GMT"],
    ["Content-Type", "application/json"],
    ["Content-Digest", DIGEST],
    ["Content-Length", "18"],
    ...more,
  ],
  body: BODY,
  nowMs: CREATED * 1_000,
});

const keys = [
  { id: "test-key-rsa-pss", publicKey: rsaPss },
  { id: "test-key-ecc-p256", publicKey: p256 },
  { id: "test-key-ed25519", publicKey: ed25519 },
  { id: "test-shared-secret", secret: "env://SHARED", encoding: "base64" },
];

function stepOf(settings: object) {
  const auth = { signature: { components: [], keys, ...settings } };
  const api = apiSettings.parse({ id: "orders", listen: "/", upstream: "http://a.test", auth });
  return authenticate.compile({ ...api, operations: [] }, pluginDepsOf({ secrets: { SHARED } }))!;
}
async function codeOf(asked: AskedRequest, settings: object = {}, step = stepOf(settings)) {
  const reply: Reply | undefined = await step(exchangeOf(asked));
  return reply?.code;
}
const written = (input: string, signature: string): [string, string][] => [
  ["Signature-Input", input],
  ["Signature", signature],
];
const signed = (label: string, input: string, signature: string) =>
  written(`${label}=${input}`, `${label}=:${signature}:`);

const b21 = signed(
  "sig-b21",
  '();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
  "d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==",
);
const b22 = signed(
  "sig-b22",
  '("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example"',
  "LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==",
);
const b23 = signed(
  "sig-b23",
  '("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss"',
  "bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==",
);
const b25 = signed(
  "sig-b25",
  '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
  "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=",
);
const b26 = signed(
  "sig-b26",
  '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
  "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
);

describe("the requests of RFC 9421, appendix B.2", () => {
  test.each([
    ["B.2.1, minimal", b21],
    ["B.2.2, selective components", b22],
    ["B.2.3, full coverage", b23],
    ["B.2.5, a shared secret", b25],
    ["B.2.6, Ed25519", b26],
  ])("%s", async (_name, headers) => {
    expect(await codeOf(message(headers))).toBeUndefined();
  });

  test("B.2.4, ECDSA over a response's base", () => {
    const base = [
      '"@status": 200',
      '"content-type": application/json',
      '"content-digest": sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:',
      '"content-length": 23',
      '"@signature-params": ("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"',
    ].join("\n");
    const signature = Buffer.from(
      "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==",
      "base64",
    );
    expect(verifiers["ecdsa-p256-sha256"](Buffer.from(base), createPublicKey(p256), signature)).toBe(true);
  });

  const transformed = (headers: [string, string][], path = "/demo", method = "GET"): AskedRequest => ({
    method,
    path,
    query: "?name1=Value1&Name2=value2",
    headers: [
      ...headers,
      ...signed(
        "transform",
        '("@method" "@path" "@authority" "accept");created=1618884473;keyid="test-key-ed25519"',
        "ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==",
      ),
    ],
    nowMs: CREATED * 1_000,
  });
  test.each<[string, AskedRequest, string | undefined]>([
    [
      "as it was sent",
      transformed([
        ["Host", "example.org"],
        ["Accept", "application/json"],
        ["Accept", "*/*"],
      ]),
      undefined,
    ],
    [
      "lines put together",
      transformed([
        ["Host", "example.org"],
        ["Accept", "application/json, */*"],
      ]),
      undefined,
    ],
    [
      "other headers added",
      transformed([
        ["Host", "EXAMPLE.org"],
        ["X-Via", "a"],
        ["Accept", "application/json, */*"],
      ]),
      undefined,
    ],
    [
      "another order of values",
      transformed([
        ["Host", "example.org"],
        ["Accept", "*/*"],
        ["Accept", "application/json"],
      ]),
      "signature_invalid",
    ],
    [
      "another method",
      transformed(
        [
          ["Host", "example.org"],
          ["Accept", "application/json, */*"],
        ],
        "/demo",
        "POST",
      ),
      "signature_invalid",
    ],
    [
      "another host",
      transformed([
        ["Host", "example.com"],
        ["Accept", "application/json, */*"],
      ]),
      "signature_invalid",
    ],
    [
      "a path that is no longer there",
      transformed(
        [
          ["Host", "example.org"],
          ["Accept", "application/json, */*"],
        ],
        "/other",
      ),
      "signature_invalid",
    ],
  ])("B.4, %s", async (_name, asked, code) => {
    expect(await codeOf(asked)).toBe(code);
  });
});

describe("a signature", () => {
  const alter = (change: Partial<AskedRequest>) => ({ ...message(b23), ...change });
  const headers = message(b23).headers!;
  test.each<[string, AskedRequest, object, string | undefined]>([
    ["that is missing", message(), {}, "signature_missing"],
    ["over another query", alter({ query: "?param=Value&Pet=cat" }), {}, "signature_invalid"],
    ["over another body", alter({ body: '{"hello": "World"}' }), {}, "content_digest_mismatch"],
    ["over a body that is too large", alter({}), { maxBodyBytes: 17 }, "body_too_large"],
    ["that lacks what is asked for", message(b25), { components: ["@method"] }, "signature_components"],
    [
      "with a header that is gone",
      alter({ headers: headers.filter(([name]) => name !== "Date") }),
      {},
      "signature_invalid",
    ],
    ["of a moment ago", alter({ nowMs: (CREATED + 329) * 1_000 }), {}, undefined],
    ["that is too old", alter({ nowMs: (CREATED + 331) * 1_000 }), {}, "signature_expired"],
    ["from the future", alter({ nowMs: (CREATED - 31) * 1_000 }), {}, "signature_expired"],
    ["without a nonce where one is asked for", message(b23), { requireNonce: true }, "signature_nonce_missing"],
    [
      "by an algorithm that is not accepted",
      message(b23),
      { algorithms: ["rsa-v1_5-sha256", "hmac-sha256", "ed25519", "ecdsa-p256-sha256"] },
      "signature_invalid",
    ],
  ])("%s", async (_name, asked, settings, code) => {
    expect(await codeOf(asked, settings)).toBe(code);
  });

  test("opens once with its nonce", async () => {
    const step = stepOf({ requireNonce: true });
    expect(await codeOf(message(b21), {}, step)).toBeUndefined();
    expect(await codeOf(message(b21), {}, step)).toBe("signature_replayed");
  });

  test.each([
    ["no dictionary", written("sig=(", "sig=:AA==:"), "signature_malformed"],
    ["no signature of that label", written("sig=()", "other=:AA==:"), "signature_malformed"],
    ["a signature that is no bytes", written("sig=()", 'sig="AA=="'), "signature_malformed"],
    ["nobody's key", signed("sig", '();created=1618884473;keyid="nobody"', "AA=="), "signature_key_unknown"],
    ["no key", signed("sig", "();created=1618884473", "AA=="), "signature_key_unknown"],
    ["no time", signed("sig", '();keyid="test-key-ed25519"', "AA=="), "signature_expired"],
    [
      "an algorithm of another key",
      signed("sig", '();created=1618884473;keyid="test-key-rsa-pss";alg="hmac-sha256"', "AA=="),
      "signature_invalid",
    ],
    [
      "the public key as a shared secret",
      signed("sig", '();created=1618884473;keyid="test-key-ed25519";alg="hmac-sha256"', "AA=="),
      "signature_invalid",
    ],
    [
      "a component twice",
      signed("sig", '("date" "date");created=1618884473;keyid="test-key-ed25519"', "AA=="),
      "signature_invalid",
    ],
    [
      "a component of a response",
      signed("sig", '("@status");created=1618884473;keyid="test-key-ed25519"', "AA=="),
      "signature_invalid",
    ],
  ] as [string, [string, string][], string][])("with %s is refused", async (_name, headers, code) => {
    expect(await codeOf(message(headers))).toBe(code);
  });

  test("is refused when any byte of it is another", async () => {
    const original = Buffer.from(b26[1]![1].slice("sig-b26=:".length, -1), "base64");
    for (let at = 0; at < original.length; at += 1) {
      const changed = Buffer.from(original);
      changed[at]! ^= 1;
      const altered: [string, string][] = [b26[0]!, ["Signature", `sig-b26=:${changed.toString("base64")}:`]];
      expect(await codeOf(message(altered))).toBe("signature_invalid");
    }
  });

  test("may bring rsa-v1_5-sha256, and then no other", async () => {
    const pair = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const settings = {
      algorithms: ["rsa-v1_5-sha256"],
      keys: [{ id: "mine", publicKey: pair.publicKey.export({ type: "spki", format: "pem" }) }],
    };
    const input = '("@method" "@scheme" "@request-target" "@target-uri");created=1618884473;keyid="mine"';
    const expectedBase = [
      '"@method": POST',
      '"@scheme": http',
      '"@request-target": /foo?param=Value&Pet=dog',
      '"@target-uri": http://example.com/foo?param=Value&Pet=dog',
      `"@signature-params": ${input}`,
    ].join("\n");
    const make = (key: KeyObject) => sign("sha256", Buffer.from(expectedBase), key).toString("base64");
    expect(await codeOf(message(signed("a", input, make(pair.privateKey))), settings)).toBeUndefined();
    expect(await codeOf(message(signed("a", `${input};alg="rsa-pss-sha512"`, "AA==")), settings)).toBe(
      "signature_invalid",
    );
  });
});

describe("the base of a signature", () => {
  const lineOf = (component: string, asked: AskedRequest = message()) => {
    const member = parseDictionary(`sig=(${component})`)?.get("sig");
    if (!member || !isInnerList(member)) throw new Error(`${component} is no component`);
    return signatureBase(exchangeOf(asked), member)?.split("\n")[0];
  };
  const query = "?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something";

  test.each<[string, AskedRequest, string | undefined]>([
    ['"@query-param";name="var"', { query }, "this%20is%20a%20big%0Amultiline%20value"],
    ['"@query-param";name="bar"', { query }, "with%20plus%20whitespace"],
    ['"@query-param";name="fa%C3%A7ade%22%3A%20"', { query }, "something"],
    ['"@query-param";name="none"', { query }, undefined],
    ['"@query-param";name="a"', { query: "?a=1&a=2" }, undefined],
    ['"@query"', {}, "?"],
    ['"@authority"', { headers: [["Host", "EXAMPLE.com:80"]] }, "example.com"],
    ['"@authority"', { headers: [["Host", "example.com:8080"]] }, "example.com:8080"],
    ['"@scheme"', { trusted: true, headers: [["X-Forwarded-Proto", "https"]] }, "https"],
    ['"@scheme"', { headers: [["X-Forwarded-Proto", "https"]] }, "http"],
    ['"x-empty"', { headers: [["X-Empty", ""]] }, ""],
    [
      '"x-spaces"',
      {
        headers: [
          ["X-Spaces", "  a  "],
          ["X-Spaces", "b"],
        ],
      },
      "a, b",
    ],
    ['"x-dict";key="b"', { headers: [["X-Dict", " a=1,    b=2;x=1;y=2,   c=(a   b   c)"]] }, "2;x=1;y=2"],
    ['"x-dict";key="c"', { headers: [["X-Dict", " a=1,    b=2;x=1;y=2,   c=(a   b   c)"]] }, "(a b c)"],
    ['"priority";sf', { headers: [["Priority", "u=1,   i"]] }, "u=1, i"],
    [
      '"x-bytes";bs',
      {
        headers: [
          ["X-Bytes", "value, with, lots"],
          ["X-Bytes", "of, commas"],
        ],
      },
      ":dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:",
    ],
    ['"@method";req', {}, undefined],
    ['"X-Empty"', { headers: [["X-Empty", ""]] }, undefined],
  ])("%s of %j", (component, asked, value) => {
    expect(lineOf(component, asked)).toBe(value === undefined ? undefined : `${component}: ${value}`);
  });
});

test.each([
  'a=1, b="x\\"y\\\\z", c=(1 2.5;p "s");q=?0, d, e=:AQI=:, f=tok/en:x, g=-7',
  'sig=("@method" "@query-param";name="Pet");created=1;keyid="k"',
])("%s is read and written again as it was", (text) => {
  expect(serializeDictionary(parseDictionary(text)!)).toBe(text);
});

test.each(["A=1", "a=", "a=1,", "a=(1", 'a="x', "a=:*:", "a=1 b=2", "a=1.2345", "a=?2", 'a="é"'])(
  "%s is no dictionary",
  (text) => {
    expect(parseDictionary(text)).toBeUndefined();
  },
);

test("keys of no use are named at load", () => {
  const weak = generateKeyPairSync("rsa", { modulusLength: 1_024 }).publicKey.export({ type: "spki", format: "pem" });
  const privatePem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
  expect(() => stepOf({ keys: [keys[0], { id: "b", publicKey: weak }] })).toThrow(
    "signature: keys[1].publicKey: expected an RSA key of 2048",
  );
  expect(() => stepOf({ keys: [{ id: "b", publicKey: privatePem }] })).toThrow(
    "keys[0].publicKey: this is a private key",
  );
  expect(() => stepOf({ keys: [{ id: "b", publicKey: "-----BEGIN PUBLIC KEY-----" }] })).toThrow(
    "expected a public key in PEM",
  );
  expect(() => stepOf({ keys: [keys[0], keys[0]] })).toThrow("keys[1].id: test-key-rsa-pss is taken already");
  expect(() => stepOf({ algorithms: ["ed25519"] })).toThrow("keys[0]: none of the algorithms fits this key");
});
