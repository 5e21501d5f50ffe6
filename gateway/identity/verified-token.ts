import { hash } from "node:crypto";
import type { Identity } from "#gateway/session/index.ts";
import type { Claims } from "./caller.ts";
import type { Failure } from "./failure.ts";

/** A token that was found good, and for how long. */
export interface VerifiedToken {
  claims: Claims;
  /** The caller, or why a good token still opens nothing. */
  caller: Identity | Failure;
  validUntilMs: number;
  /** The set of keys that verified it; see `KeySource.version`. */
  version: number;
  /** Base64url of the SHA-256 of the one certificate that may use it (RFC 8705, 3.1). */
  boundTo: string | undefined;
}

/** A name for a token in a cache, which must not keep the token itself. `of` tells apart who asks. */
export function cacheName(token: string, of: string): string {
  return hash("sha256", token, "base64url") + of;
}

/** `cnf.x5t#S256` of a token's claims; one that is no text fits no certificate. Other members are ignored (RFC 7800, 3.1). */
export function bindingOf(claims: Claims): string | undefined {
  const { cnf } = claims;
  if (typeof cnf !== "object" || cnf === null) return undefined;
  const thumbprint = (cnf as Claims)["x5t#S256"];
  return thumbprint === undefined || typeof thumbprint === "string" ? thumbprint : "";
}
