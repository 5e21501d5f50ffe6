import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { freshCall } from "#gateway/testkit/fresh-call.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

const HOST = "api.test";
const TRIES = 40;

/** A signature (RFC 9421) over method and address, with a nonce. */
function signed(nonce: string): Record<string, string> {
  const created = Math.floor(Date.now() / 1_000);
  const input = `("@method" "@target-uri");created=${created};keyid="acme";nonce="${nonce}"`;
  const base = ['"@method": GET', `"@target-uri": http://${HOST}/o/x`, `"@signature-params": ${input}`].join("\n");
  const signature = createHmac("sha256", "shared").update(base).digest("base64");
  return { host: HOST, "signature-input": `sig=${input}`, signature: `sig=:${signature}:` };
}

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.stop());

const boot = (redis?: string) =>
  bootGateway(
    {
      apis: [
        {
          id: "orders",
          listen: "/o",
          upstream: upstream.url,
          auth: { signature: { requireNonce: true, keys: [{ id: "acme", secret: "env://SHARED" }] } },
        },
      ],
    },
    { workers: 4, env: { SHARED: "shared", ...(redis !== undefined && { CAUSEWAY_REDIS: redis }) } },
  );

/** The same signed request, again and again over connections of their own: all at once, or one after another. */
async function replay(nodes: readonly BootedGateway[], nonce: string, atOnce: boolean) {
  const [headers, before] = [signed(nonce), upstream.seen.length];
  const send = (index: number) => freshCall(`${nodes[index % nodes.length]!.url}/o/x`, { headers });
  const answers: { status: number; code: string | undefined }[] = [];
  if (atOnce) answers.push(...(await Promise.all(Array.from({ length: TRIES }, (_, index) => send(index)))));
  else for (let index = 0; index < TRIES; index += 1) answers.push(await send(index));
  const refused = answers.filter(({ status, code }) => status === 401 && code === "signature_replayed");
  return { letIn: upstream.seen.length - before, refused: refused.length };
}

async function metric(node: BootedGateway, name: string): Promise<number> {
  const headers = { authorization: "Bearer testkit-admin" };
  const text = await (await fetch(`${node.adminUrl}/metrics`, { headers })).text();
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
}

describe.each([
  ["one node, by its primary", 1, false],
  ["one node, by its primary and Redis", 1, true],
  ["two nodes, by their Redis", 2, true],
])("%s", (_name, count, withRedis) => {
  const nodes: BootedGateway[] = [];
  beforeAll(async () => {
    for (let node = 0; node < count; node += 1)
      nodes.push(await boot(withRedis ? `${inject("redisUrl")}/9` : undefined));
  }, 120_000);
  afterAll(() => Promise.all(nodes.map((node) => node.stop())));

  test.each([
    ["at once", true],
    ["one after another", false],
  ])(`of ${TRIES} uses of a signature, %s over fresh connections, one is let in`, async (how, atOnce) => {
    const nonce = `${count} ${withRedis} ${how} ${Date.now()}`;
    expect(await replay(nodes, nonce, atOnce)).toEqual({ letIn: 1, refused: TRIES - 1 });
    expect(await metric(nodes[0]!, "causeway_identity_nonces_unshared")).toBe(0);
  });
});

describe("two nodes whose Redis is away", () => {
  const nodes: BootedGateway[] = [];
  beforeAll(async () => {
    for (let node = 0; node < 2; node += 1) nodes.push(await boot("redis://127.0.0.1:1"));
  }, 120_000);
  afterAll(() => Promise.all(nodes.map((node) => node.stop())));

  test("refuse nobody for it, let a signature in once each, and count that they did not compare", async () => {
    const answer = await replay(nodes, "away", true);
    expect(answer).toEqual({ letIn: 2, refused: TRIES - 2 });
    await waitUntil(async () => (await metric(nodes[0]!, "causeway_identity_nonces_unshared")) === 1, {
      what: "the outage is counted",
      timeoutMs: 15_000,
    });
    expect(nodes[0]!.output()).toContain("nonces of signatures are compared by this node alone");
  });
});
