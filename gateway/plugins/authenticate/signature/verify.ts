import { constants, createHmac, timingSafeEqual, verify, type KeyObject } from "node:crypto";

/** Whether a signature fits a text, by algorithm: those of RFC 9421, 3.3, and the older names of draft-cavage. */
export const verifiers = {
  ed25519: (data, key, signature) => verify(null, data, key, signature),
  "ecdsa-p256-sha256": (data, key, signature) => verify("sha256", data, { key, dsaEncoding: "ieee-p1363" }, signature),
  "rsa-pss-sha512": (data, key, signature) =>
    verify("sha512", data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }, signature),
  "rsa-v1_5-sha256": (data, key, signature) => verify("sha256", data, key, signature),
  "rsa-sha256": (data, key, signature) => verify("sha256", data, key, signature),
  "hmac-sha1": hmac("sha1"),
  "hmac-sha256": hmac("sha256"),
  "hmac-sha384": hmac("sha384"),
  "hmac-sha512": hmac("sha512"),
} as const satisfies Record<string, (data: Buffer, key: KeyObject, signature: Buffer) => boolean>;
export type SignatureAlgorithm = keyof typeof verifiers;

/** Algorithms that a key can be used with; the first is meant where nothing is said. */
export function algorithmsOf(key: KeyObject): readonly SignatureAlgorithm[] {
  if (key.type === "secret") return ["hmac-sha256", "hmac-sha1", "hmac-sha384", "hmac-sha512"];
  if (key.asymmetricKeyType === "ed25519") return ["ed25519"];
  if (key.asymmetricKeyType === "rsa") return ["rsa-pss-sha512", "rsa-v1_5-sha256", "rsa-sha256"];
  if (key.asymmetricKeyType === "rsa-pss") return ["rsa-pss-sha512"];
  if (key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1")
    return ["ecdsa-p256-sha256"];
  return [];
}

function hmac(digest: string) {
  return (data: Buffer, key: KeyObject, signature: Buffer): boolean => {
    const expected = createHmac(digest, key).update(data).digest();
    return expected.length === signature.length && timingSafeEqual(expected, signature);
  };
}
