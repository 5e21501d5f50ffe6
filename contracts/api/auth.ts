import { z } from "zod";
import { headerName } from "./primitives.ts";
import { basicAuth, hmacAuth, mtlsAuth, signatureAuth } from "./proof-auth.ts";
import { jwtAuth, oauth2Auth, oidcAuth } from "./token-auth.ts";

const keyAuth = z.strictObject({
  header: headerName
    .optional()
    .describe(
      "Where the key is looked for beside `Authorization: Bearer` and `X-API-Key`; given, it is the only place.",
    ),
  query: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe("A parameter of the query that holds the key. It is taken off what goes upstream."),
});
const methods = {
  key: keyAuth.optional().describe("A key of this configuration, or of the control plane."),
  basic: basicAuth.optional().describe("A key as user and password (RFC 7617)."),
  jwt: jwtAuth.optional().describe("JSON Web Tokens of an issuer (RFC 7519, RFC 8725)."),
  oidc: oidcAuth.optional().describe("Tokens of an OpenID Connect provider, whose keys are found by discovery."),
  oauth2: oauth2Auth
    .optional()
    .describe("OAuth 2.0 tokens: known to another server (RFC 7662), or issued here (RFC 6749, 4.4)."),
  signature: signatureAuth.optional().describe("Signed requests (RFC 9421)."),
  hmac: hmacAuth.optional().describe("Signed requests as older clients send them (draft-cavage-http-signatures-10)."),
  mtls: mtlsAuth.optional().describe("Client certificates."),
};
/** All of the members of one alternative must hold. */
export const authAlternative = z.strictObject(methods).refine((value) => Object.keys(value).length > 0, {
  error: `name at least one method: ${Object.keys(methods).join(", ")}`,
});
export type AuthAlternative = z.infer<typeof authAlternative>;

const anyOf = z.strictObject({
  anyOf: z
    .array(authAlternative)
    .min(1)
    .max(8)
    .describe("Alternatives, of which one is enough; all methods of an alternative must hold."),
});
/** What `none` is parsed to. An empty list alone is refused: a template that came out empty must not open an API. */
const keyless = z.strictObject({
  keyless: z.literal(true).describe("What `none` stands for: everybody may call."),
  anyOf: z.array(authAlternative).max(0).default([]).describe("Empty beside `keyless`."),
});

/** No alternative: everybody may call, which `keyless` says aloud. */
export interface Auth {
  keyless?: true;
  anyOf: AuthAlternative[];
}

/**
 * `none`; `key` or `basic`; one alternative (`{ jwt: { issuer, audience } }`); or `{ anyOf: [ … ] }`: any alternative of
 * the list, all methods of that alternative.
 */
export const auth = z
  .union([
    z.literal("none"),
    z.literal("key"),
    z.literal("basic"),
    anyOf,
    keyless,
    // Behind a pipe, unknown members end a form: else every mistake within `anyOf` would be told as `anyOf` being unknown here.
    authAlternative.transform((alternative) => alternative),
  ])
  .transform((value): Auth => {
    if (value === "none") return { keyless: true, anyOf: [] };
    if (value === "key") return { anyOf: [{ key: {} }] };
    if (value === "basic") return { anyOf: [{ basic: basicAuth.parse({}) }] };
    return "anyOf" in value ? value : { anyOf: [value] };
  });
