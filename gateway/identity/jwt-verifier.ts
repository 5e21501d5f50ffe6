import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, type JWTVerifyOptions } from "jose";
import type { Lru } from "#base/lru.ts";
import type { Identity } from "#gateway/session/index.ts";
import type { Claims } from "./caller.ts";
import type { Failure } from "./failure.ts";
import type { KeySource } from "./key-source.ts";
import { bindingOf, cacheName, type VerifiedToken } from "./verified-token.ts";

export interface JwtVerifierOptions {
  /** Tells apart verifiers that share a cache: two with one name must check alike. */
  name: string;
  issuer: string;
  audience: readonly string[];
  algorithms: readonly string[];
  clockSkewMs: number;
  keys: KeySource;
  cache: Lru<string, VerifiedToken>;
  /** Tokens of other issuers, by the same names. Apart, so that made-up tokens push no good one out. */
  foreign: Lru<string, true>;
  callerOf(claims: Claims): Identity | Failure;
}

/** A key id is looked up in a list and nothing else; a longer one is nobody's. */
const MAX_KID_LENGTH = 256;
/** Keys that are tried for a token which names none. */
const MAX_CANDIDATES = 4;

/**
 * Verifies JSON Web Tokens as RFC 8725 asks: algorithms are pinned, `iss`, `aud`, `exp` and `nbf` are checked, a `crit`
 * that is not understood is refused. What was verified is remembered until it expires or the issuer's keys change.
 */
export class JwtVerifier {
  readonly #options: JwtVerifierOptions;
  readonly #checks: JWTVerifyOptions;

  constructor(options: JwtVerifierOptions) {
    this.#options = options;
    this.#checks = {
      issuer: options.issuer,
      audience: [...options.audience],
      algorithms: [...options.algorithms],
      clockTolerance: Math.floor(options.clockSkewMs / 1_000),
      requiredClaims: ["exp"],
    };
  }

  /** A promise only for a token that was not seen before. */
  verify(token: string, nowMs: number): VerifiedToken | Failure | Promise<VerifiedToken | Failure> {
    const { cache, foreign, keys, name } = this.#options;
    const cached = cacheName(token, name);
    const known = cache.get(cached);
    if (known === undefined) {
      if (foreign.get(cached)) return "token_issuer";
      return this.#verifyAnew(token, cached, nowMs);
    }
    if (nowMs >= known.validUntilMs) return "token_expired";
    return known.version === keys.version(nowMs) ? known : this.#verifyAnew(token, cached, nowMs);
  }

  async #verifyAnew(token: string, cached: string, nowMs: number): Promise<VerifiedToken | Failure> {
    const header = headerOf(token);
    if (header === undefined) return "token_malformed";
    const { keys, cache, foreign, issuer, algorithms } = this.#options;
    if (header.issuer !== issuer) {
      // It stays so whatever happens, and an API with several issuers asks every time.
      foreign.set(cached, true);
      return "token_issuer";
    }
    if (!algorithms.includes(header.algorithm)) return "token_algorithm";
    const found = await keys.find(header.kid, header.algorithm, nowMs);
    if (typeof found === "string") return found;
    // Asked before verifying: a set that changes meanwhile must make this result an old one.
    const version = keys.version(nowMs);
    if (version === null) return "issuer_unreachable";
    let outcome: Claims | Failure = "token_key_unknown";
    for (const key of found.slice(0, MAX_CANDIDATES)) {
      outcome = await this.#check(token, key, nowMs);
      if (outcome !== "token_signature") break;
    }
    if (typeof outcome === "string") return outcome;
    const verified = this.#accept(outcome, version);
    cache.set(cached, verified);
    return verified;
  }

  async #check(token: string, key: Parameters<typeof jwtVerify>[1], nowMs: number): Promise<Claims | Failure> {
    try {
      const { payload } = await jwtVerify(token, key, { ...this.#checks, currentDate: new Date(nowMs) });
      return payload;
    } catch (error) {
      return failureOf(error);
    }
  }

  #accept(claims: Claims, version: number): VerifiedToken {
    // `exp` is required above, and jose has made sure that it is a number.
    const validUntilMs = (claims.exp as number) * 1_000 + this.#options.clockSkewMs;
    const caller = this.#options.callerOf(claims);
    return { claims, caller, validUntilMs, version, boundTo: bindingOf(claims) };
  }
}

interface Unproven {
  algorithm: string;
  kid: string | undefined;
  issuer: unknown;
}

/** What a token says of itself; undefined: it is no JWS in its one canonical form. */
function headerOf(token: string): Unproven | undefined {
  if (!isCanonical(token.slice(token.lastIndexOf(".") + 1))) return undefined;
  try {
    const { alg, kid } = decodeProtectedHeader(token) as { alg?: unknown; kid?: unknown };
    if (typeof alg !== "string") return undefined;
    if (kid !== undefined && (typeof kid !== "string" || kid.length > MAX_KID_LENGTH)) return undefined;
    return { algorithm: alg, kid, issuer: decodeJwt(token).iss };
  } catch {
    // Not a JWS: whoever sent it is told so.
    return undefined;
  }
}

/** The last character holds bits that decoders ignore: a signature must have one way to be written and not sixteen. */
function isCanonical(part: string): boolean {
  return Buffer.from(part, "base64url").toString("base64url") === part;
}

const byClaim: Record<string, Failure> = { iss: "token_issuer", aud: "token_audience", nbf: "token_not_yet_valid" };

function failureOf(error: unknown): Failure {
  if (error instanceof errors.JWTExpired) return "token_expired";
  if (error instanceof errors.JWTClaimValidationFailed) return byClaim[error.claim] ?? "token_claims";
  if (error instanceof errors.JOSEAlgNotAllowed) return "token_algorithm";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "token_signature";
  if (error instanceof errors.JOSEError || error instanceof TypeError) return "token_malformed";
  throw error;
}
