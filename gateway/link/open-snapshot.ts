import { createHash, createPublicKey, verify } from "node:crypto";
import { gatewaySettings } from "#contracts/config/file.ts";
import { joinSettings, noSettings, type NodeSettings } from "#contracts/config/node-settings.ts";
import type { EnrolResponse } from "#contracts/link/enrolment.ts";
import { revisionSigningInput, snapshotBody, type SignedSnapshot } from "#contracts/revision/snapshot.ts";
import { demandCertificate, type Configuration } from "#gateway/config/index.ts";

/**
 * Proves a snapshot and turns it into a configuration: its hash is over its bytes, its signature by this tenant's control
 * plane, and it was made for this cluster. What the node's own file writes goes before what the control plane says of
 * gateways: its operator is nearer. Throws with the reason.
 */
export function openSnapshot(
  snapshot: SignedSnapshot,
  { cluster, revisionPublicKey }: Pick<EnrolResponse, "cluster" | "revisionPublicKey">,
  own: NodeSettings,
): Configuration {
  const { revision, hash, signature, body } = snapshot;
  if (snapshot.cluster !== cluster) throw new Error(`the snapshot is for cluster ${snapshot.cluster}`);
  if (createHash("sha256").update(body).digest("hex") !== hash) throw new Error("the snapshot's hash does not fit");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: revisionPublicKey }, format: "jwk" });
  const signed = Buffer.from(revisionSigningInput(snapshot));
  if (!verify(null, signed, key, Buffer.from(signature, "base64url")))
    throw new Error("the snapshot is not signed by this environment's control plane");
  const { apis, policies, gateway = noSettings } = snapshotBody.parse(JSON.parse(body));
  const { certificates, settings: written } = joinSettings(own, gateway);
  const settings = gatewaySettings.parse(written);
  demandCertificate({ certificates, settings });
  return { revision, hash, apis, policies, keys: null, certificates, settings, onBadApi: "quarantine" };
}
