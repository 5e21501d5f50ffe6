import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, startAndEnd, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startSecretStores, type SecretStores } from "#gateway/testkit/secret-stores.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

let upstream: Upstream;
let stores: SecretStores;
let gateway: BootedGateway;
const literal = () => ({
  apis: [{ id: "shop", listen: "/shop", upstream: upstream.url, auth: "key" }],
  keys: [
    { id: "one", secret: "vault://kv/keys#one", apis: ["shop"] },
    { id: "two", secret: "aws-sm://keys#two", apis: ["shop"] },
  ],
});
beforeAll(async () => {
  upstream = await startUpstream();
  stores = await startSecretStores();
  stores.vault.set("kv/keys", { one: "first-vault-secret" });
  stores.aws.set("keys", '{"two":"first-aws-secret"}');
  gateway = await bootGateway(literal(), { env: { ...stores.env, CAUSEWAY_SECRETS_EVERY_SECONDS: "1" } });
});
afterAll(async () => {
  await gateway.stop();
  await stores.stop();
  await upstream.stop();
});
const statusWith = async (key: string) =>
  (await fetch(`${gateway.url}/shop/x`, { headers: { "x-api-key": key } })).status;
const becomes = (key: string, status: number) =>
  waitUntil(async () => (await statusWith(key)) === status, { what: `${key} gets ${status}`, timeoutMs: 10_000 });

test("keys whose secrets lie in Vault and AWS open their APIs", async () => {
  expect(await statusWith("first-vault-secret")).toBe(200);
  expect(await statusWith("first-aws-secret")).toBe(200);
  expect(await statusWith("guess")).toBe(401);
});

test("a store that is down changes nothing, and a secret that is rotated there is the one that counts", async () => {
  stores.isDown = true;
  await waitUntil(
    async () => (await (await fetch(`${gateway.adminUrl}/metrics`)).text()).includes("causeway_secrets_failing 2"),
    {
      what: "the outage is seen",
      timeoutMs: 10_000,
    },
  );
  expect(await statusWith("first-vault-secret")).toBe(200);
  stores.isDown = false;
  stores.vault.set("kv/keys", { one: "second-vault-secret" });
  await becomes("second-vault-secret", 200);
  await becomes("first-vault-secret", 401);
});

test("a configuration whose secret cannot be had is told by file and line, and the one before goes on", async () => {
  const next = literal();
  next.keys[0]!.secret = "vault://kv/missing#one";
  gateway.write(JSON.stringify(next, null, 2));
  await waitUntil(() => gateway.output().includes("vault://kv/missing#one cannot be read: Vault has no such secret"), {
    what: "it is told",
    timeoutMs: 10_000,
  });
  expect(gateway.output()).toMatch(/gateway\.json:\d+: keys\[0\]\.secret: vault/);
  expect(await statusWith("first-aws-secret")).toBe(200);
});

test("no value is in what the gateway says of itself, logs or keeps on disk", async () => {
  const headers = { authorization: "Bearer testkit-admin" };
  const said = await Promise.all(
    ["/v1/status", "/v1/apis", "/metrics"].map(async (path) =>
      (await fetch(gateway.adminUrl + path, { headers })).text(),
    ),
  );
  const kept = filesIn(gateway.folder).map((file) => readFileSync(file, "latin1"));
  for (const text of [...said, ...kept, gateway.output()])
    expect(text).not.toMatch(/(first|second)-(vault|aws)-secret/);
});

test("a start without its secret ends with status 2, and names the reference", async () => {
  const file = join(gateway.folder, "gateway.json");
  const { status, stderr } = await startAndEnd(
    ["--config", file, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"],
    {
      ...stores.env,
      VAULT_TOKEN: "wrong",
    },
  );
  expect(stderr).toContain(
    "keys[0].secret: vault://kv/missing#one cannot be read: Vault's token may not read it (403)",
  );
  expect(status).toBe(2);
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}
