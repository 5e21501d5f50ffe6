import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { apiSettings } from "#contracts/api/definition.ts";
import type { Reply } from "#gateway/pipeline/index.ts";
import { exchangeOf, pluginDepsOf } from "#gateway/testkit/identified.ts";
import { authenticate } from "../index.ts";

const NOW = Date.UTC(2026, 0, 1);
const SECRET = "shared";
const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const keys = [
  { id: "acme", secret: "env://SECRET" },
  { id: "rsa", publicKey: rsa.publicKey.export({ type: "spki", format: "pem" }) },
];
const algorithms = ["hmac-sha256", "hmac-sha512", "rsa-sha256"];

interface Wishes {
  date?: string;
  dateHeader?: string;
  headers?: string;
  algorithm?: string;
  keyId?: string;
  secret?: string;
  query?: string;
  target?: string;
  field?: string;
}

async function ask(wishes: Wishes = {}, settings: object = {}) {
  const { dateHeader = "date", headers = `(request-target) ${dateHeader}`, algorithm = "hmac-sha256" } = wishes;
  const { date = new Date(NOW).toUTCString(), keyId = "acme", secret = SECRET } = wishes;
  const lines: Record<string, string> = {
    "(request-target)": `get ${wishes.target ?? "/orders?a=1"}`,
    [dateHeader]: date,
    "x-tenant": "a",
  };
  const text = headers
    .split(" ")
    .map((name) => `${name}: ${lines[name]}`)
    .join("\n");
  const signature =
    keyId === "rsa"
      ? sign("sha256", Buffer.from(text), rsa.privateKey).toString("base64")
      : createHmac(algorithm.replace("hmac-", ""), secret).update(text).digest("base64");
  const field =
    wishes.field ?? `Signature keyId="${keyId}",algorithm="${algorithm}",headers="${headers}",signature="${signature}"`;
  const auth = { hmac: { keys, algorithms, ...settings } };
  const api = apiSettings.parse({ id: "orders", listen: "/", upstream: "http://a.test", auth });
  const step = authenticate.compile({ ...api, operations: [] }, pluginDepsOf({ secrets: { SECRET } }))!;
  const exchange = exchangeOf({
    path: "/orders",
    query: wishes.query ?? "?a=1",
    ...(wishes.target !== undefined && { target: wishes.target }),
    headers: [
      ["Authorization", field],
      [dateHeader, date],
      ["X-Tenant", "a"],
    ],
    nowMs: NOW,
  });
  const reply: Reply | undefined = await step(exchange);
  return { code: reply?.code, exchange };
}
const at = (ms: number) => new Date(NOW + ms).toUTCString();

describe("Authorization: Signature", () => {
  test.each<[string, Wishes, object, string | undefined]>([
    ["fits", {}, {}, undefined],
    ["fits by another algorithm that is accepted", { algorithm: "hmac-sha512" }, {}, undefined],
    ["fits by a public key", { algorithm: "rsa-sha256", keyId: "rsa" }, {}, undefined],
    ["fits with the date that browsers may send", { dateHeader: "x-aux-date" }, {}, undefined],
    ["fits a path in the client's own spelling", { target: "/%6frders?a=1" }, {}, undefined],
    ["covers what is asked for", { headers: "(request-target) date x-tenant" }, { headers: ["x-tenant"] }, undefined],
    ["does not cover what is asked for", {}, { headers: ["x-tenant"] }, "signature_components"],
    ["does not cover a date", { headers: "(request-target)" }, {}, "signature_components"],
    ["is by an algorithm that is not accepted", { algorithm: "hmac-sha1" }, {}, "signature_algorithm"],
    ["is by a public key as the secret", { algorithm: "hmac-sha256", keyId: "rsa" }, {}, "signature_algorithm"],
    ["is of nobody", { keyId: "nobody" }, {}, "signature_key_unknown"],
    ["is made with another secret", { secret: "other" }, {}, "signature_invalid"],
    ["is over another query", { query: "?a=2" }, {}, "signature_invalid"],
    ["is five minutes old", { date: at(-300_000) }, {}, undefined],
    ["is older", { date: at(-301_000) }, {}, "signature_expired"],
    ["is from the future", { date: at(301_000) }, {}, "signature_expired"],
    ["has a date that is none", { date: "yesterday" }, {}, "signature_expired"],
    ["is another scheme", { field: "Bearer abc" }, {}, "signature_missing"],
    ["cannot be read", { field: "Signature keyId=acme;x" }, {}, "signature_malformed"],
    ["says a thing twice", { field: 'Signature keyId="a",keyId="b",signature="AA=="' }, {}, "signature_malformed"],
    ["says nothing", { field: 'Signature keyId="acme"' }, {}, "signature_malformed"],
  ])("%s", async (_name, wishes, settings, code) => {
    expect((await ask(wishes, settings)).code).toBe(code);
  });

  test("names its caller and does not go upstream", async () => {
    const { exchange } = await ask();
    expect(exchange.credentialHeader).toBe("authorization");
    expect(exchange.principal?.keyId).toMatch(/^hmac:[0-9a-f]{8}:acme$/);
  });
});
