import type { KeyRecord } from "#contracts/key/record.ts";
import type { Access } from "#contracts/policy/policy.ts";
import type { Session } from "./compile-session.ts";

/** What somebody other than this gateway said of a caller. */
export interface IdentityClaims {
  /** Names the caller in limits and analytics: `jwt:<issuer>:<subject>`. Callers of two issuers never share one. */
  id: string;
  policies: readonly string[];
  /** Rights beside those of the policies. */
  apis: Access;
  claims: Readonly<Record<string, unknown>>;
}

/**
 * A caller that has no key here, known by a token, signature or certificate. It is compiled by the same rules as a key,
 * once, and again when policies change: `SessionSource.sessionOf`.
 */
export class Identity {
  readonly record: KeyRecord;
  readonly claims: Readonly<Record<string, unknown>>;
  session: Session | undefined = undefined;
  /** The policies that the session was compiled with. */
  generation = -1;

  constructor({ id, policies, apis, claims }: IdentityClaims) {
    this.record = { ...blank, id, policies: [...policies], apis };
    this.claims = claims;
  }
}

/** A record needs a hash; nobody can present one whose text is not known. */
const blank: KeyRecord = {
  id: "identity",
  hash: "0".repeat(64),
  name: "",
  state: "active",
  expiresAtMs: null,
  policies: [],
  apis: {},
  tags: [],
  metadata: {},
  version: 1,
};
