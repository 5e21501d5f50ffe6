import { createSecretKey, generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { Lru } from "#base/lru.ts";
import { Identity } from "#gateway/session/index.ts";
import { callerOf } from "./caller.ts";
import { JwtVerifier } from "./jwt-verifier.ts";
import { parseKeySet } from "./key-set.ts";
import { fixedKeys, type KeySource } from "./key-source.ts";
import type { VerifiedToken } from "./verified-token.ts";

const NOW = Date.UTC(2026, 0, 1);
const rules = { subjectClaim: "sub", scopeClaim: "scope", scopes: {}, requireScopes: [], policies: [] };
const pairs = {
  RS256: generateKeyPairSync("rsa", { modulusLength: 2_048 }),
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  EdDSA: generateKeyPairSync("ed25519"),
};
type Algorithm = keyof typeof pairs;

const keysOf = (algorithm: Algorithm) =>
  fixedKeys(parseKeySet([{ ...pairs[algorithm].publicKey.export({ format: "jwk" }), kid: "k" }], "jwks"));

function verifierOf(keys: KeySource, cache = new Lru<string, VerifiedToken>(100)) {
  return new JwtVerifier({
    name: "test",
    issuer: "https://issuer.test",
    audience: ["orders"],
    algorithms: Object.keys(pairs),
    clockSkewMs: 30_000,
    keys,
    cache,
    foreign: new Lru(100),
    callerOf: (claims) => callerOf(claims, rules, { kind: "jwt", issuer: "https://issuer.test", api: "orders" }),
  });
}

function sign(algorithm: Algorithm, expiresInSeconds = 300): Promise<string> {
  return new SignJWT({ scope: "read" })
    .setProtectedHeader({ alg: algorithm, kid: "k" })
    .setIssuer("https://issuer.test")
    .setAudience("orders")
    .setSubject("alice")
    .setExpirationTime(NOW / 1_000 + expiresInSeconds)
    .sign(pairs[algorithm].privateKey);
}

describe.each(Object.keys(pairs) as Algorithm[])("a token signed with %s", (algorithm) => {
  test("is refused when any of its characters is another", async () => {
    const token = await sign(algorithm);
    const verifier = verifierOf(keysOf(algorithm));
    expect(await verifier.verify(token, NOW)).toHaveProperty("claims");
    const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";
    const altered = fc.record({
      at: fc.nat(token.length - 1),
      character: fc.constantFrom(...characters.split("")),
    });
    await fc.assert(
      fc.asyncProperty(altered, async ({ at, character }) => {
        fc.pre(token[at] !== character);
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        expect(typeof (await verifier.verify(changed, NOW))).toBe("string");
      }),
      { numRuns: 300 },
    );
    // The last character is where encodings have spare bits: all of its neighbours are tried.
    for (const character of characters) {
      const changed = token.slice(0, -1) + character;
      if (changed !== token) expect(typeof (await verifier.verify(changed, NOW))).toBe("string");
    }
  });

  test("is refused when something is added or taken away", async () => {
    const token = await sign(algorithm);
    const verifier = verifierOf(keysOf(algorithm));
    for (const changed of [`${token}A`, `${token}=`, `${token}.`, `A${token}`, token.slice(1), token.slice(0, -1)])
      expect(typeof (await verifier.verify(changed, NOW))).toBe("string");
  });
});

describe("a token that was verified", () => {
  test("is remembered, and answered without a promise", async () => {
    const verifier = verifierOf(keysOf("ES256"));
    const token = await sign("ES256");
    const first = await verifier.verify(token, NOW);
    expect(verifier.verify(token, NOW + 1)).toBe(first);
  });

  test("ends with its exp and the skew, and not before", async () => {
    const verifier = verifierOf(keysOf("ES256"));
    const token = await sign("ES256", 60);
    const first = await verifier.verify(token, NOW);
    expect(verifier.verify(token, NOW + 89_999)).toBe(first);
    expect(verifier.verify(token, NOW + 90_000)).toBe("token_expired");
  });

  test("is verified again once the issuer's keys are others", async () => {
    const current = { keys: keysOf("ES256"), version: 1 };
    const source: KeySource = {
      version: () => current.version,
      find: (...asked) => current.keys.find(...asked),
    };
    const verifier = verifierOf(source);
    const token = await sign("ES256");
    expect(await verifier.verify(token, NOW)).toHaveProperty("claims");
    current.keys = keysOf("EdDSA");
    current.version = 2;
    expect(await verifier.verify(token, NOW)).toBe("token_key_unknown");
  });

  test("fills no more than its cache", async () => {
    const cache = new Lru<string, VerifiedToken>(3);
    const verifier = verifierOf(keysOf("ES256"), cache);
    for (let seconds = 1; seconds <= 5; seconds += 1) await verifier.verify(await sign("ES256", seconds), NOW);
    expect(cache.size).toBe(3);
    expect(cache.evicted).toBe(2);
  });
});

test("a shared secret verifies nothing where public keys are asked for, whatever the token says", async () => {
  const { publicKey } = pairs.RS256;
  const verifier = verifierOf(keysOf("RS256"));
  for (const text of [
    publicKey.export({ format: "pem", type: "spki" }),
    publicKey.export({ format: "der", type: "spki" }),
  ]) {
    const forged = await new SignJWT({ iss: "https://issuer.test", aud: "orders", sub: "eve", exp: NOW / 1_000 + 60 })
      .setProtectedHeader({ alg: "HS256", kid: "k" })
      .sign(createSecretKey(Buffer.from(text)));
    expect(await verifier.verify(forged, NOW)).toBe("token_algorithm");
  }
});

describe("who a token speaks of", () => {
  const place = { kind: "jwt", issuer: "https://issuer.test", api: "orders" };
  const idOf = (sub: unknown) => {
    const caller = callerOf({ sub }, rules, place);
    return caller instanceof Identity ? caller.record.id : caller;
  };

  test("is named by issuer and subject, bounded, and never by a name that means another", () => {
    expect(idOf("alice@example.com")).toMatch(/^jwt:[0-9a-f]{8}:alice@example\.com$/);
    expect(idOf("a:orders")).toMatch(/^jwt:[0-9a-f]{8}:a_orders~[0-9a-f]{16}$/);
    expect(idOf("x".repeat(5_000)).length).toBeLessThan(80);
    expect(idOf(7)).toMatch(/:7$/);
    for (const nobody of [undefined, "", null, {}, ["alice"]]) expect(idOf(nobody)).toBe("token_claims");
  });

  test("two subjects never share a name", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (a, b) => {
        fc.pre(a !== b);
        expect(idOf(a)).not.toBe(idOf(b));
      }),
    );
  });

  test("a scope that is a name of Object's own brings nothing", () => {
    const caller = callerOf(
      { sub: "a", scope: "constructor __proto__ toString" },
      { ...rules, scopes: { x: ["p"] } },
      place,
    );
    expect(caller).toMatchObject({ record: { policies: [], apis: {} } });
  });
});
