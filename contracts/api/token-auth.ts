import { z } from "zod";
import { durationMs } from "../quantities.ts";
import { claimRights, tokenPlaces } from "./credential.ts";
import { httpUrl, secretReference } from "./primitives.ts";

/** Signatures that an issuer's public keys verify. `none` is not among them and cannot be named. */
const publicAlgorithms = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
] as const;
const sharedAlgorithms = ["HS256", "HS384", "HS512"] as const;
const jwsAlgorithm = z.enum([...publicAlgorithms, ...sharedAlgorithms]);

/** A public key as a JWK (RFC 7517): members that are not known are allowed there. A private or shared one is refused. */
const publicJwk = z
  .record(z.string(), z.unknown())
  .refine(({ kty }) => kty === "RSA" || kty === "EC" || kty === "OKP", {
    path: ["kty"],
    error: "expected the kty of a public key: RSA, EC or OKP",
  })
  .refine((jwk) => !("d" in jwk) && !("k" in jwk), {
    error: "expected a public key; this one holds its secret part, which belongs nowhere near a gateway",
  });

const jwks = z.union([
  httpUrl,
  z.strictObject({ keys: z.array(publicJwk).min(1).max(50).describe("The set itself (RFC 7517, 5): public keys.") }),
]);

/** One audience or several; the token must name one of them. */
const audience = z.union([
  z
    .string()
    .min(1)
    .max(500)
    .transform((one) => [one]),
  z.array(z.string().min(1).max(500)).min(1).max(20),
]);

const tokenChecks = {
  issuer: z.string().min(1).max(500).describe("`iss`, exactly."),
  audience: audience.describe("`aud`: the token must name one of these."),
  algorithms: z
    .array(jwsAlgorithm)
    .min(1)
    .optional()
    .describe(
      "Pinned: what the token's own header says chooses among these alone. Default: all that fit the kind of key.",
    ),
  clockSkew: durationMs.default(30_000).describe("By how much clocks may differ at `exp` and `nbf`."),
  staleFor: durationMs
    .default(3_600_000)
    .describe(
      "Past its last refresh a set of keys still serves for so long while its issuer cannot be reached; then 503.",
    ),
  rotationOverlap: durationMs
    .default(600_000)
    .describe("A key that the issuer took out of its set still verifies for so long, for tokens signed just before."),
  ...claimRights,
  ...tokenPlaces,
};

const isShared = (name: string) => name.startsWith("HS");

/** JSON Web Tokens (RFC 7519, RFC 8725). Without `jwks` and `secret` the keys are discovered from the issuer, as OIDC does. */
export const jwtAuth = z
  .strictObject({
    ...tokenChecks,
    jwks: jwks.optional().describe("The issuer's keys: the address of its set, or the set itself."),
    secret: secretReference
      .optional()
      .describe("For HS256, HS384 and HS512: the secret that issuer and gateway share."),
  })
  .refine(({ jwks, secret }) => jwks === undefined || secret === undefined, {
    path: ["secret"],
    error: "expected one of jwks and secret",
  })
  .refine(({ algorithms, secret }) => (algorithms ?? []).every((name) => isShared(name) === (secret !== undefined)), {
    path: ["algorithms"],
    error: "expected HS algorithms with secret, and any other with jwks: one key must never verify both kinds",
  })
  .refine(({ issuer, jwks, secret }) => (jwks ?? secret) !== undefined || httpUrl.safeParse(issuer).success, {
    path: ["jwks"],
    error: "expected jwks or secret, since keys cannot be discovered from an issuer that is no URL",
  });
export type JwtAuth = z.infer<typeof jwtAuth>;

/** OpenID Connect: a JWT whose keys are found by `<issuer>/.well-known/openid-configuration`. */
export const oidcAuth = z
  .strictObject({ ...tokenChecks, issuer: httpUrl.describe("`iss`, exactly, and where discovery begins.") })
  .refine(({ algorithms }) => !(algorithms ?? []).some(isShared), {
    path: ["algorithms"],
    error: "expected algorithms with public keys: discovery finds no shared secret",
  });

const introspection = z.strictObject({
  url: httpUrl.describe("The introspection endpoint (RFC 7662)."),
  clientId: z.string().min(1).max(200).describe("As whom the gateway asks."),
  clientSecret: secretReference.describe("The password of `clientId`."),
  cacheFor: durationMs
    .default(30_000)
    .describe("How long an active answer is believed, at most until the token's own `exp`."),
  negativeFor: durationMs.default(5_000).describe("How long an inactive answer is believed."),
  staleFor: durationMs
    .default(300_000)
    .describe(
      "Past `cacheFor` an active answer still serves for so long while the endpoint cannot be reached; then 503.",
    ),
  audience: audience.optional().describe("`aud` of the answer must name one of these; absent: it is not looked at."),
});

const tokenIssue = z.strictObject({
  path: z
    .string()
    .regex(/^\/[A-Za-z0-9/._~-]{1,200}$/, "expected a path such as /oauth/token")
    .default("/oauth/token")
    .describe("Below the API's listen path: `POST <listen path><path>` answers tokens (RFC 6749, 4.4)."),
  signingKey: secretReference.describe(
    "What tokens are signed with; at least 32 characters. A token is good on every node that has the same.",
  ),
  expiresIn: durationMs.default(3_600_000).describe("How long an issued token is good."),
});

/** OAuth 2.0: tokens that another server knows (introspection), tokens that the gateway issues to its keys, or both. */
export const oauth2Auth = z
  .strictObject({
    introspection: introspection.optional().describe("The server that knows the tokens is asked (RFC 7662)."),
    issue: tokenIssue.optional().describe("Keys may exchange themselves for tokens here (RFC 6749, 4.4)."),
    ...claimRights,
    ...tokenPlaces,
  })
  .refine(({ introspection, issue }) => introspection !== undefined || issue !== undefined, {
    error: "expected introspection, issue or both",
  });
export type OAuth2Auth = z.infer<typeof oauth2Auth>;
