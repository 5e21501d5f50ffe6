import type { ErrorCode } from "#contracts/api/error-codes.ts";
import { reject, type Reply } from "#gateway/pipeline/index.ts";
import type { Failure } from "#gateway/identity/index.ts";
import { MAX_CREDENTIAL_LENGTH } from "./place.ts";

/**
 * How far a credential got. Where every alternative refuses, the answer is that of the one which got furthest, so that a
 * caller hears about the credential that it sent. A store or issuer that could not be asked comes last of all: the
 * credential may be good, and a refusal would say that it is not.
 */
export const rank = { absent: 0, foreign: 1, refused: 2, forbidden: 3, unreachable: 4 } as const;
export type Rank = (typeof rank)[keyof typeof rank];

/** Why one method does not hold, made at load. */
export class Refusal {
  readonly rank: Rank;
  readonly reply: Reply;

  constructor(rank: Rank, reply: Reply) {
    this.rank = rank;
    this.reply = reply;
  }

  /** The same where other credentials of its alternative are there: it is this one that the caller has to add. */
  amongOthers(): Refusal {
    return this.rank === rank.absent ? new Refusal(rank.refused, this.reply) : this;
  }
}

const challengeOf = (text: string) => ["WWW-Authenticate", text] as const;
export const bearer = 'Bearer realm="causeway"';

export function absent(code: ErrorCode, detail: string, challenge: string): Refusal {
  return new Refusal(rank.absent, reject(401, code, detail, challengeOf(challenge)));
}

export function refused(code: ErrorCode, detail: string, challenge = `${bearer}, error="invalid_token"`): Refusal {
  return new Refusal(rank.refused, reject(401, code, detail, challengeOf(challenge)));
}

export function forbidden(code: ErrorCode, detail: string, headers: readonly string[] = []): Refusal {
  return new Refusal(rank.forbidden, reject(403, code, detail, headers));
}

export function unreachable(code: ErrorCode, detail: string, retryAfterSeconds = 1): Refusal {
  return new Refusal(rank.unreachable, reject(503, code, detail, ["Retry-After", String(retryAfterSeconds)]));
}

/** A token that another alternative may know: it is refused, and any other refusal says more. */
function foreign(code: ErrorCode, detail: string): Refusal {
  return new Refusal(rank.foreign, refused(code, detail).reply);
}

export const credentialTooLong = refused(
  "credential_too_long",
  `A credential may hold ${MAX_CREDENTIAL_LENGTH} characters.`,
);
export const certificateMismatch = refused(
  "certificate_mismatch",
  "This credential is bound to a client certificate that this connection does not have.",
);
export const policyInactive = forbidden("policy_inactive", "A policy of this caller is not active or not known here.");
const cannotCheck = "The token cannot be checked right now.";

/** Every failure of identity/ as an answer. */
export const tokenRefusals: Readonly<Record<Failure, Refusal>> = {
  token_malformed: foreign("token_malformed", "This is not a token that can be read."),
  token_algorithm: foreign("token_algorithm", "Tokens signed with this algorithm are not accepted here."),
  token_issuer: foreign("token_issuer", "This token is from another issuer."),
  token_key_unknown: refused("token_key_unknown", "The issuer has no key that signed this token."),
  token_signature: refused("token_signature", "The signature of this token does not fit."),
  token_expired: refused("token_expired", "This token has expired."),
  token_not_yet_valid: refused("token_not_yet_valid", "This token is not valid yet."),
  token_audience: refused("token_audience", "This token is for another audience."),
  token_claims: refused("token_claims", "This token lacks a claim that is needed here."),
  token_inactive: refused("token_inactive", "This token is not active."),
  scope_missing: forbidden("scope_missing", "This token lacks a scope that is needed here."),
  issuer_unreachable: unreachable("issuer_unreachable", cannotCheck),
  issuer_busy: unreachable("issuer_busy", "The key of this token is not known, and its issuer was just asked.", 10),
  secret_unavailable: unreachable("secret_unavailable", cannotCheck),
};
