import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { newId } from "#base/id.ts";
import { noSettings, nodeSettings, type NodeSettings } from "#contracts/config/node-settings.ts";
import type { DeploymentId } from "#contracts/ids.ts";
import { revisionSigningInput, type SignedSnapshot } from "#contracts/revision/snapshot.ts";
import { openSnapshot } from "./open-snapshot.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const place = { cluster: newId("dep") as DeploymentId, revisionPublicKey: publicKey.export({ format: "jwk" }).x! };
const own = noSettings;

function signed(change: Partial<SignedSnapshot> = {}, key = privateKey, gateway?: NodeSettings): SignedSnapshot {
  const body = JSON.stringify({ format: 1, apis: [{ id: "orders" }], policies: [], gateway });
  const unsigned = {
    cluster: place.cluster as string,
    revision: 7,
    hash: createHash("sha256").update(body).digest("hex"),
  };
  const signature = sign(null, Buffer.from(revisionSigningInput(unsigned)), key).toString("base64url");
  return { ...unsigned, body, signature, ...change };
}

test("what the control plane signed for this cluster becomes a configuration", () => {
  expect(openSnapshot(signed(), place, own)).toMatchObject({ revision: 7, apis: [{ id: "orders" }], keys: null });
});

test("a snapshot that says nothing of gateways, as every one on an older disk, leaves them their defaults", () => {
  const { settings, certificates } = openSnapshot(signed(), place, own);
  expect([settings.maxConnections, settings.listeners, certificates]).toEqual([50_000, [], []]);
});

test("what the node's own file writes goes before what the snapshot says, and the rest is the snapshot's", () => {
  const said = nodeSettings.parse({ settings: { maxConnections: 10, limiter: "exact" } });
  const file = nodeSettings.parse({ settings: { maxConnections: 20 } });
  const { settings } = openSnapshot(signed({}, privateKey, said), place, file);
  expect(settings).toMatchObject({ maxConnections: 20, limiter: "exact", minBytesPerSecond: 240 });
});

test("a port of the node's own may have the control plane's certificate, and without any is refused", () => {
  const file = nodeSettings.parse({ settings: { listeners: [{ port: 8_443, tls: {} }] } });
  const shop = { id: "shop", certificate: "env://SHOP", key: "env://SHOP_KEY" };
  const said = nodeSettings.parse({ certificates: [shop] });
  expect(openSnapshot(signed({}, privateKey, said), place, file).certificates).toMatchObject([shop]);
  expect(() => openSnapshot(signed(), place, file)).toThrow("settings.listeners[0].tls: TLS needs");
});

describe("anything else is refused with its reason", () => {
  test.each([
    ["another cluster's", signed({ cluster: newId("dep") }), /is for cluster/],
    ["a changed body", signed({ body: '{"format":1,"apis":[],"policies":[]}' }), /hash does not fit/],
    ["another number", signed({ revision: 8 }), /not signed by/],
    ["another signer", signed({}, generateKeyPairSync("ed25519").privateKey), /not signed by/],
  ])("%s", (_name, snapshot, reason) => {
    expect(() => openSnapshot(snapshot, place, own)).toThrow(reason);
  });
});
