/**
 * Identity: callers that somebody else vouches for: an issuer's keys, an introspection endpoint, tokens of our own, and
 * what is remembered of them. It must not answer a request or know a plugin, must keep no token's text, must never take an
 * issuer that cannot be reached for a bad token, and leaves the gateway only through its guarded client.
 */
export { Identities, type IdentitiesOptions } from "./identities.ts";
export { IssuerClient, noOutbound, type DialRule, type Outbound } from "./outbound.ts";
export { AttemptBook, type ShutAddress } from "./attempt-book.ts";
export { FirstUses, type NonceStore } from "./first-uses.ts";
export { NonceBook } from "./nonce-book.ts";
export { RedisNonces } from "./redis-nonces.ts";
export { readAuthorities } from "./authorities.ts";
export { judgeChain } from "./certificate-chain.ts";
export { readRevocationLists } from "./revocation-list.ts";
export type { Revocations } from "./revocations.ts";
export type { PeerCertificate, TlsPeer } from "./peer-certificate.ts";
export { callerId } from "./caller.ts";
export type { Failure } from "./failure.ts";
export type { IssuedToken, IssuedTokens } from "./issued-tokens.ts";
export type { VerifiedToken } from "./verified-token.ts";
