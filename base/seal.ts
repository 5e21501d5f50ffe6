import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { RandomBytes } from "./id.ts";

const VERSION = "v1";

/**
 * Encrypts a secret for storage: AES-256-GCM, 96-bit random nonce, `v1.<base64url of nonce, tag, ciphertext>`.
 * `context` (such as the row's id) is authenticated with it: a sealed value copied to another row does not open.
 */
export function seal(
  key: Uint8Array,
  plain: string | Uint8Array,
  context: string,
  random: RandomBytes = randomBytes,
): string {
  const nonce = random(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url")}`;
}

/** Opens what `seal` wrote; throws when the key, the context or a byte differs. */
export function unseal(key: Uint8Array, sealed: string, context: string): Buffer {
  const [version, encoded] = sealed.split(".");
  if (version !== VERSION || !encoded) throw new Error("sealed value has an unknown form");
  const bytes = Buffer.from(encoded, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12)).setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
}
