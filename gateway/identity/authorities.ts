import { X509Certificate } from "node:crypto";
import { messageOf } from "#base/errors.ts";
import type { Secrets } from "#gateway/secrets/index.ts";

/** All certificates of a PEM text, or of what a reference holds. Throws, naming the path, where there are none. */
export function readAuthorities(entry: string, path: string, secrets: Secrets): X509Certificate[] {
  const text = entry.startsWith("-----BEGIN") ? entry : secrets.read(entry);
  if (text === undefined) throw new Error(`${path}: ${entry} cannot be read`);
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error(`${path}: expected a certificate in PEM`);
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch (error) {
      throw new Error(`${path}: expected a certificate in PEM (${messageOf(error)})`, { cause: error });
    }
  });
}
