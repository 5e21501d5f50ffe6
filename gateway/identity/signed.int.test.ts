import { createHash, createHmac, createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

let gateway: BootedGateway;
let upstream: Upstream;

const pair = generateKeyPairSync("ed25519");
const publicKey = pair.publicKey.export({ type: "spki", format: "pem" });

beforeAll(async () => {
  upstream = await startUpstream();
  const components = ["@method", "@target-uri", "content-digest"];
  const api = (id: string, more: object) => ({ id, listen: `/${id}`, upstream: upstream.url, ...more });
  gateway = await bootGateway(
    {
      apis: [
        api("signed", { auth: { signature: { components, keys: [{ id: "acme", publicKey }] } } }),
        api("hmac", { auth: { hmac: { keys: [{ id: "acme", secret: "env://SHARED", policies: ["few"] }] } } }),
        api("inside", { auth: "none", ip: { allow: ["192.0.2.0/24"] } }),
      ],
      policies: [{ id: "few", apis: ["hmac"], rate: "1/h" }],
    },
    { env: { SHARED: "shared", CAUSEWAY_TRUSTED_PROXIES: "127.0.0.0/8" } },
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

async function call(path: string, init: RequestInit = {}) {
  const response = await fetch(gateway.url + path, init);
  return { status: response.status, code: ((await response.json()) as { code?: string }).code };
}

/** A signature (RFC 9421) over method, address and body, made by hand. */
function signed(path: string, body: string, sentBody = body): RequestInit {
  const digest = `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
  const created = Math.floor(Date.now() / 1_000);
  const input = `("@method" "@target-uri" "content-digest");created=${created};keyid="acme";alg="ed25519"`;
  const base = [
    '"@method": POST',
    `"@target-uri": ${gateway.url}${path}`,
    `"content-digest": ${digest}`,
    `"@signature-params": ${input}`,
  ].join("\n");
  const key = createPrivateKey(pair.privateKey.export({ type: "pkcs8", format: "pem" }));
  const signature = sign(null, Buffer.from(base), key).toString("base64");
  const headers = { "content-digest": digest, "signature-input": `sig=${input}`, signature: `sig=:${signature}:` };
  return { method: "POST", headers, body: sentBody };
}

describe("a signed request", () => {
  test("passes with its body as it was sent, and an altered body or address does not", async () => {
    const body = JSON.stringify({ item: "a lamp", note: "ä".repeat(50_000) });
    expect(await call("/signed/orders?a=1", signed("/signed/orders?a=1", body))).toMatchObject({ status: 200 });
    expect(upstream.last().body).toBe(body);
    const other = signed("/signed/orders", "one", "two");
    expect(await call("/signed/orders", other)).toMatchObject({ status: 401, code: "content_digest_mismatch" });
    expect(await call("/signed/orders?a=2", signed("/signed/orders", "one"))).toMatchObject({
      status: 401,
      code: "signature_invalid",
    });
    expect(await call("/signed/orders", { method: "POST", body: "{}" })).toMatchObject({ code: "signature_missing" });
  });

  test("by the older scheme names its caller, whose limits hold, and leaves nothing upstream", async () => {
    const date = new Date().toUTCString();
    const text = `(request-target): get /hmac/x\nx-aux-date: ${date}`;
    const signature = createHmac("sha256", "shared").update(text).digest("base64");
    const authorization = `Signature keyId="acme",algorithm="hmac-sha256",headers="(request-target) x-aux-date",signature="${signature}"`;
    const headers = { authorization, "x-aux-date": date };
    expect(await call("/hmac/x", { headers })).toMatchObject({ status: 200 });
    expect(upstream.last().headers.authorization).toBeUndefined();
    expect(await call("/hmac/x", { headers })).toMatchObject({ status: 429 });
  });
});

test("an address is the caller's and not the proxy's", async () => {
  const from = (address: string) => call("/inside/x", { headers: { "x-forwarded-for": address } });
  expect(await from("192.0.2.7")).toMatchObject({ status: 200 });
  expect(await from("192.0.2.7, 198.51.100.1")).toMatchObject({ status: 403, code: "ip_not_allowed" });
  expect(await call("/inside/x")).toMatchObject({ status: 403, code: "ip_not_allowed" });
});
