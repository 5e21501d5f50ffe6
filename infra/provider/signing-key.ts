import { createPrivateKey, createPublicKey } from "node:crypto";
import type { ResourceHandler } from "./handler.ts";

/** DER around a raw Ed25519 seed (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const SEED = /^[A-Za-z0-9_-]{43}$/;

export interface SigningKeyPair {
  /** PKCS #8, DER, base64url. */
  privateKey: string;
  /** Raw, 32 bytes, base64url. */
  publicKey: string;
}

/** The Ed25519 pair of a 32-byte seed (base64url): the same seed is the same key, however often it is made. */
export function signingKeyOf(seed: string): SigningKeyPair {
  const der = Buffer.concat([PKCS8_PREFIX, Buffer.from(seed, "base64url")]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return {
    privateKey: der.toString("base64url"),
    publicKey: rawPublicKey(createPublicKey(key).export({ format: "jwk" })),
  };
}

export function rawPublicKey(jwk: { x?: string }): string {
  if (!jwk.x) throw new Error("not an Ed25519 key");
  return jwk.x;
}

/** Made from a seed of the stack's secret, so it exists nowhere but in the stack's own state. */
export const signingKey: ResourceHandler = {
  secretOutputs: ["privateKey"],
  problems({ seed }): Record<string, string> {
    return typeof seed === "string" && SEED.test(seed) ? {} : { seed: "expected 32 bytes in base64url" };
  },
  put: async (_region, inputs) => ({ ...inputs, ...signingKeyOf(String(inputs.seed)) }),
  read: async (_region, known) => known,
  remove: async () => {},
};
