import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { newId } from "#base/id.ts";
import { gatewaySettings } from "#contracts/config/file.ts";
import type { DeploymentId } from "#contracts/ids.ts";
import { revisionSigningInput, type SignedSnapshot } from "#contracts/revision/snapshot.ts";
import { openSnapshot } from "./open-snapshot.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const place = { cluster: newId("dep") as DeploymentId, revisionPublicKey: publicKey.export({ format: "jwk" }).x! };
const own = { certificates: [], settings: gatewaySettings.parse({}) };

function signed(change: Partial<SignedSnapshot> = {}, key = privateKey): SignedSnapshot {
  const body = JSON.stringify({ format: 1, apis: [{ id: "orders" }], policies: [] });
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
