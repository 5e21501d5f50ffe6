/** Why a caller is not known, as one word each: a plugin makes an answer of it at load, and nothing is built per request. */
export const failures = [
  "token_malformed",
  "token_algorithm",
  "token_key_unknown",
  "token_signature",
  "token_expired",
  "token_not_yet_valid",
  "token_issuer",
  "token_audience",
  "token_claims",
  "token_inactive",
  "scope_missing",
  "issuer_unreachable",
  "issuer_busy",
  "secret_unavailable",
] as const;
export type Failure = (typeof failures)[number];
