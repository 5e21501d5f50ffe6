/**
 * Session: what a key may do, compiled from its record and its policies, once per version of either. It must not read a
 * store on the request's path when the key is known, must not keep a key's text, and must never answer an unreachable
 * store as an unknown key.
 */
export type { Rights } from "./merge-rights.ts";
export { opensPath } from "./path-rules.ts";
export { Identity, type IdentityClaims } from "./identity.ts";
export type { Grant, Session } from "./compile-session.ts";
export { SessionBook, hashOfKey, type KeyLookup, type KeyOutcome, type SessionSource } from "./session-book.ts";
