import { z } from "zod";
import { nodeSettings } from "../config/node-settings.ts";
import { policy } from "../policy/policy.ts";

/** The capability of a node that takes its own settings from a snapshot. */
export const TAKES_SETTINGS = "settings";

/**
 * What one cluster gets of a revision: the APIs whose tags it carries (and those without tags), and the policies.
 * `apis` stays unparsed here: the gateway parses each on its own, so that one bad API is quarantined and named while the
 * others apply.
 */
export const snapshotBody = z.strictObject({
  format: z.literal(1),
  apis: z.array(z.unknown()),
  policies: z.array(policy),
  /**
   * Of the gateway itself. Absent: the control plane has nothing to say of it, or the node is of a version that would
   * refuse the member (it did not greet with `TAKES_SETTINGS`).
   */
  gateway: nodeSettings.optional(),
});
export type SnapshotBody = z.infer<typeof snapshotBody>;

/**
 * A snapshot with its proof. `hash` is SHA-256 (hex) over the bytes of `body`; `signature` is Ed25519 (base64url) over
 * `revisionSigningInput`. Numbers rise by one a publish and are never reused.
 */
export const signedSnapshot = z.strictObject({
  revision: z.int().min(1),
  cluster: z.string(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  signature: z.string(),
  body: z.string(),
});
export type SignedSnapshot = z.infer<typeof signedSnapshot>;

/** What is signed: the body only through its hash, with the cluster and number, so that a snapshot fits one place. */
export function revisionSigningInput(snapshot: { cluster: string; revision: number; hash: string }): string {
  return `causeway-revision.v1\n${snapshot.cluster}\n${snapshot.revision}\n${snapshot.hash}`;
}

/** An entity that did not load while the rest went on. */
export const quarantined = z.strictObject({ entity: z.string(), reason: z.string() });
export type Quarantined = z.infer<typeof quarantined>;
