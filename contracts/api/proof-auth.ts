import { z } from "zod";
import { entityId } from "../ids.ts";
import { durationMs } from "../quantities.ts";
import { secretReference } from "./primitives.ts";

const policies = z.array(entityId).max(100).default([]);

/** HTTP Basic (RFC 7617): the user is a key's id, the password is that key. */
export const basicAuth = z.strictObject({
  realm: z
    .string()
    .regex(/^[\x20-\x7e]{1,100}$/, "expected printable ASCII")
    .refine((text) => !/["\\]/.test(text), "quotes and backslashes are not allowed in a realm")
    .default("causeway")
    .describe("What a browser shows when it asks for the password."),
});

const signatureAlgorithm = z.enum(["ed25519", "ecdsa-p256-sha256", "rsa-pss-sha512", "rsa-v1_5-sha256", "hmac-sha256"]);

/** One that signs: its public key in PEM, or the secret that is shared with it. */
const signer = z
  .strictObject({
    id: z.string().min(1).max(200).describe("What signatures name as `keyid`; limits and analytics are by it."),
    publicKey: z
      .string()
      .startsWith("-----BEGIN ", "expected a public key or certificate in PEM")
      .optional()
      .describe("PEM of a public key or certificate."),
    secret: secretReference.optional().describe("The secret that is shared with the signer."),
    encoding: z
      .enum(["text", "base64"])
      .default("text")
      .describe("Whether the secret's text is its bytes, or writes them in base64."),
    policies: policies.describe("Policies of this signer; none: its signature opens the API."),
  })
  .refine(({ publicKey, secret }) => (publicKey === undefined) !== (secret === undefined), {
    error: "expected one of publicKey and secret",
  });

/** HTTP Message Signatures (RFC 9421). */
export const signatureAuth = z.strictObject({
  components: z
    .array(z.string().regex(/^(@[a-z-]+|[!#$%&'*+.^_`|~0-9a-z-]+)$/, "expected a component name in lower case"))
    .max(50)
    .default(["@method", "@target-uri"])
    .describe("What a signature must cover, as it would write it: `@method`, `@target-uri`, `content-digest`."),
  maxAge: durationMs.default(300_000).describe("How old `created` may be; a signature without `created` is refused."),
  clockSkew: durationMs.default(30_000).describe("By how much the clocks of signer and gateway may differ."),
  algorithms: z
    .array(signatureAlgorithm)
    .min(1)
    .optional()
    .describe("Algorithms that are accepted. Default: the one that fits the signer's key (RSA: rsa-pss-sha512)."),
  requireNonce: z
    .boolean()
    .default(false)
    .describe(
      "Whether a signature must carry a `nonce`. One that is seen again within `maxAge` is refused: by the node, and by all that share its Redis.",
    ),
  maxBodyBytes: z
    .int()
    .min(0)
    .max(64 * 1_024 * 1_024)
    .default(1_024 * 1_024)
    .describe("Bytes of a body that is held to check its Content-Digest (RFC 9530); a larger one is 413."),
  keys: z.array(signer).min(1).max(1_000).describe("Who may sign."),
});
export type SignatureAuth = z.infer<typeof signatureAuth>;

/** `Authorization: Signature …` over a date and headers (draft-cavage-http-signatures-10), as older clients send it. */
export const hmacAuth = z.strictObject({
  algorithms: z
    .array(z.enum(["hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512", "rsa-sha256"]))
    .min(1)
    .default(["hmac-sha256"])
    .describe("Algorithms that are accepted."),
  clockSkew: durationMs.default(300_000).describe("By how much the signed date may differ from this node's clock."),
  headers: z
    .array(z.string().regex(/^(\(request-target\)|[!#$%&'*+.^_`|~0-9a-z-]+)$/, "expected a header in lower case"))
    .max(50)
    .default(["(request-target)"])
    .describe("Headers that must be signed beside the date."),
  keys: z.array(signer).min(1).max(1_000).describe("Who may sign."),
});
export type Signer = z.infer<typeof signer>;
export type HmacAuth = z.infer<typeof hmacAuth>;

const fingerprint = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, "expected sha256: and 64 hex characters, the certificate's fingerprint");

/** Client certificates. TLS itself is ended by this node: a header that names a certificate is never believed. */
export const mtlsAuth = z
  .strictObject({
    ca: z
      .array(z.union([z.string().startsWith("-----BEGIN CERTIFICATE-----"), secretReference]))
      .min(1)
      .max(50)
      .optional()
      .describe("Authorities that certificates must chain to: PEM, or references to it. Absent: only `allow` decides."),
    crl: z
      .array(z.union([z.string().startsWith("-----BEGIN X509 CRL-----"), secretReference]))
      .min(1)
      .max(50)
      .optional()
      .describe(
        "Revocation lists (RFC 5280) that are signed by one of `ca`: PEM, or references to it, read again when they change. One past its time still refuses what it names.",
      ),
    allow: z
      .array(
        z.union([
          fingerprint,
          z.strictObject({
            subject: z
              .record(z.string(), z.string())
              .refine((value) => Object.keys(value).length > 0, "expected an attribute such as CN")
              .describe(
                "Attributes that the subject must have: `{ CN: acme, O: Acme }`. Only with `ca`: anyone may write a subject.",
              ),
          }),
        ]),
      )
      .min(1)
      .max(1_000)
      .optional()
      .describe(
        "Certificates that are let in: by fingerprint, or by attributes of their subject. Absent: all of `ca`.",
      ),
    policies: policies.describe("Policies of every certificate that is let in; none: it opens the API."),
  })
  .refine(({ ca, allow }) => ca !== undefined || allow !== undefined, { error: "expected ca, allow or both" })
  .refine(({ ca, crl }) => ca !== undefined || crl === undefined, {
    path: ["crl"],
    error: "expected ca with crl: a list counts where its authority is known",
  })
  .refine(({ ca, allow }) => ca !== undefined || (allow ?? []).every((entry) => typeof entry === "string"), {
    path: ["allow"],
    error: "expected ca with an entry by subject: without it anyone may write that subject",
  });
export type MtlsAuth = z.infer<typeof mtlsAuth>;
