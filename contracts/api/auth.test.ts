import { describe, expect, test } from "vitest";
import { auth } from "./auth.ts";
import { apiSettings } from "./definition.ts";
import { resolveApi, resolvedApi } from "./resolved.ts";

const jwt = { issuer: "https://issuer.test", audience: "orders" };
const pem = "-----BEGIN PUBLIC KEY-----";

const forms: [string, unknown][] = [
  ["none", "none"],
  ["key", "key"],
  ["basic", "basic"],
  ["a token", { jwt }],
  ["a set of keys", { jwt: { ...jwt, jwks: { keys: [{ kty: "EC", crv: "P-256", x: "a", y: "b" }] } } }],
  ["a shared secret", { jwt: { issuer: "me", audience: ["a", "b"], secret: "env://S", algorithms: ["HS512"] } }],
  ["discovery", { oidc: { ...jwt, clockSkew: "5s", scopes: { read: ["readers"] }, requireScopes: ["read"] } }],
  ["introspection", { oauth2: { introspection: { url: "https://a.test/i", clientId: "a", clientSecret: "env://S" } } }],
  ["tokens of our own", { oauth2: { issue: { signingKey: "file:///run/key", expiresIn: "10m" } } }],
  ["signatures", { signature: { keys: [{ id: "a", publicKey: pem }], maxAge: "1m" } }],
  ["older signatures", { hmac: { keys: [{ id: "a", secret: "env://S", policies: ["gold"] }] } }],
  ["certificates", { mtls: { ca: ["file:///ca.pem"], allow: [`sha256:${"0".repeat(64)}`, { subject: { CN: "a" } }] } }],
  ["any of several", { anyOf: [{ key: {}, mtls: { ca: ["env://CA"] } }, { jwt }, { basic: { realm: "orders" } }] }],
];

describe("who may call", () => {
  test.each(forms)("%s: parsed again it is the same", (_name, form) => {
    const input = { id: "a", listen: "/", upstream: "http://a.test", auth: form };
    const { api } = resolveApi(apiSettings.parse(input));
    const travelled: unknown = JSON.parse(JSON.stringify(api));
    expect(resolvedApi.parse(travelled)).toEqual(api);
    expect(auth.parse(api.auth)).toEqual(api.auth);
  });

  test.each<[string, unknown]>([
    ["nothing", {}],
    ["an empty list", { anyOf: [] }],
    ["a method that is not known", { ldap: {} }],
    ["a token without an issuer", { jwt: { audience: "a" } }],
    ["a token without an audience", { jwt: { issuer: "https://a.test" } }],
    ["an issuer that cannot be discovered", { jwt: { ...jwt, issuer: "me" } }],
    ["no signature", { jwt: { ...jwt, algorithms: ["none"] } }],
    ["a shared secret beside public keys", { jwt: { ...jwt, jwks: "https://a.test/jwks", secret: "env://S" } }],
    ["an algorithm of the other kind of key", { jwt: { ...jwt, algorithms: ["HS256"] } }],
    ["a public algorithm with a secret", { jwt: { ...jwt, secret: "env://S", algorithms: ["HS256", "RS256"] } }],
    ["a private key among public ones", { jwt: { ...jwt, jwks: { keys: [{ kty: "EC", d: "secret" }] } } }],
    ["a secret that stands there itself", { jwt: { ...jwt, secret: "hunter2" } }],
    ["OAuth 2 without anything", { oauth2: {} }],
    ["certificates of anybody", { mtls: {} }],
    ["a subject that anybody may write", { mtls: { allow: [{ subject: { CN: "a" } }] } }],
    ["a signer without a key", { signature: { keys: [{ id: "a" }] } }],
    ["a signer with two", { signature: { keys: [{ id: "a", publicKey: pem, secret: "env://S" }] } }],
    ["a realm that breaks its header", { basic: { realm: 'a", b="' } }],
  ])("%s is refused", (_name, form) => {
    expect(auth.safeParse(form).success).toBe(false);
  });
});
