import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeClock } from "#base/clock.ts";
import { createLogger } from "#base/log.ts";
import { startSecretStores, type SecretStores } from "#gateway/testkit/secret-stores.ts";
import { signAws } from "./aws-signature.ts";
import { remoteReferencesIn } from "./remote-reference.ts";
import { SecretStore } from "./secret-store.ts";

describe("AWS Signature Version 4, by the vectors of its test suite", () => {
  const credentials = {
    accessKeyId: "AKIDEXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    sessionToken: undefined,
  };
  test.each([
    ["GET", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
    ["POST", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
  ])("%s vanilla", (method, signature) => {
    const request = { method, url: new URL("https://example.amazonaws.com/"), headers: {}, body: "" };
    const place = { region: "us-east-1", service: "service" };
    expect(signAws(request, place, credentials, new Date("2015-08-30T12:36:00Z")).authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    );
  });
});

let stores: SecretStores;
beforeEach(async () => {
  stores = await startSecretStores();
  stores.vault.set("kv/team/app", { password: "v1", port: 5432 });
  stores.aws.set("prod/app", '{"token":"a1"}');
  stores.aws.set("plain", "all of it");
});
afterEach(() => stores.stop());
const storeWith = (env: Record<string, string> = {}) =>
  new SecretStore({
    env: { ...stores.env, ...env },
    clock: new FakeClock(),
    random: () => 0.5,
    log: createLogger("test", { level: "silent" }),
  });

test("fields of one place are one request, and each has its value", async () => {
  const store = storeWith();
  const faults = await store.want(
    "test",
    new Set(["vault://kv/team/app#password", "vault://kv/team/app#port", "aws-sm://prod/app#token", "aws-sm://plain"]),
  );
  expect(faults).toEqual([]);
  expect(store.read("vault://kv/team/app#password")).toBe("v1");
  expect(store.read("vault://kv/team/app#port")).toBe("5432");
  expect(store.read("aws-sm://prod/app#token")).toBe("a1");
  expect(store.read("aws-sm://plain")).toBe("all of it");
  expect(stores.asked.length).toBe(3);
});

test.each([
  ["vault://kv/team/app#nothing", "it has no field nothing; it has password, port"],
  ["vault://kv/other#x", "Vault has no such secret"],
  ["vault://kv/team/app", "expected a field: vault://<mount>/<path>#<field>"],
  ["aws-sm://none", "AWS answered 400 ResourceNotFoundException"],
  ["aws-sm://plain#x", "it is not JSON, so it has no fields"],
])("%s: what is wrong is told without a value", async (reference, message) => {
  const faults = await storeWith().want("test", new Set([reference]));
  expect(faults).toEqual([{ reference, message }]);
});

test.each([
  [{ VAULT_TOKEN: "wrong" }, "vault://kv/team/app#password", "Vault's token may not read it (403)"],
  [{ VAULT_TOKEN: "" }, "vault://kv/team/app#password", "neither VAULT_TOKEN nor VAULT_TOKEN_FILE is set"],
  [{ VAULT_ADDR: "" }, "vault://kv/team/app#password", "VAULT_ADDR is not set"],
  [{ VAULT_ADDR: "http://127.0.0.1:1" }, "vault://kv/team/app#password", "http://127.0.0.1:1 cannot be reached"],
  [{ AWS_SECRET_ACCESS_KEY: "wrong" }, "aws-sm://plain", "AWS answered 400 InvalidSignatureException"],
])("%j", async (env, reference, message) => {
  const [fault] = await storeWith(env).want("test", new Set([reference]));
  expect(fault!.message).toContain(message);
});

test("while a store is down the last values stay; when it is back a change is told", async () => {
  const store = storeWith();
  let changes = 0;
  store.onChange = () => (changes += 1);
  await store.want("test", new Set(["vault://kv/team/app#password"]));
  stores.isDown = true;
  await store.refresh();
  expect(store.read("vault://kv/team/app#password")).toBe("v1");
  expect([store.failing, changes]).toEqual([1, 0]);
  stores.isDown = false;
  stores.vault.set("kv/team/app", { password: "v2" });
  await store.refresh();
  expect(store.read("vault://kv/team/app#password")).toBe("v2");
  expect([store.failing, changes]).toEqual([0, 1]);
});

test("what no configuration names any more is forgotten, and what another names is not", async () => {
  const store = storeWith();
  await store.want("files", new Set(["aws-sm://plain", "aws-sm://prod/app#token"]));
  await store.want("configuration", new Set(["aws-sm://prod/app#token"]));
  await store.want("files", new Set());
  expect(store.read("aws-sm://plain")).toBeUndefined();
  expect(store.read("aws-sm://prod/app#token")).toBe("a1");
});

test("references are found wherever they stand", () => {
  const found = remoteReferencesIn({
    a: [{ b: "vault://m/p#f" }],
    c: "aws-sm://x",
    d: "env://Y",
    e: "see vault://m/p",
  });
  expect([...found]).toEqual(["vault://m/p#f", "aws-sm://x"]);
});
