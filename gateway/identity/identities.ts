import { createHash } from "node:crypto";
import type { Ranges } from "#base/address-ranges.ts";
import { canonicalJson } from "#base/canonical.ts";
import type { Clock } from "#base/clock.ts";
import { Lru } from "#base/lru.ts";
import type { JwtAuth, OAuth2Auth } from "#contracts/api/token-auth.ts";
import type { Secrets } from "#gateway/secrets/index.ts";
import { AttemptBook } from "./attempt-book.ts";
import { readAuthorities } from "./authorities.ts";
import { callerOf } from "./caller.ts";
import { clientAddressOf, type Called } from "./client-address.ts";
import type { FirstUses } from "./first-uses.ts";
import { Introspector, type Introspected } from "./introspector.ts";
import { IssuedTokens, type IssuedToken } from "./issued-tokens.ts";
import { IssuerKeys, type KeysAddress } from "./issuer-keys.ts";
import { JwtVerifier } from "./jwt-verifier.ts";
import { parseKeySet } from "./key-set.ts";
import { fixedKeys, SharedSecret, type KeySource } from "./key-source.ts";
import type { Outbound } from "./outbound.ts";
import { PeerCertificates, type PeerCertificate, type TlsPeer } from "./peer-certificate.ts";
import { RecentSecrets } from "./recent-secrets.ts";
import { ReplayBook } from "./replay-book.ts";
import { Revocations } from "./revocations.ts";
import type { VerifiedToken } from "./verified-token.ts";

export interface IdentitiesOptions {
  outbound: Outbound;
  secrets: Secrets;
  clock: Clock;
  trustedProxies: Ranges;
  /** Decides for all workers about nonces; without it each decides for itself. */
  firstUses?: FirstUses;
  /** Hears of each wrong attempt of an address, to count those of all workers. */
  onWrongAttempt?: (address: string, nowMs: number) => void;
}

/** Tokens that a worker remembers, over all APIs. */
const MAX_TOKENS = 50_000;
const MAX_FOREIGN = 10_000;
/** Issuers whose keys a worker holds. One that leaves is asked again when a token of it comes. */
const MAX_ISSUERS = 1_000;

/** Algorithms of public keys, all of them: which of them fits is decided by the key itself. */
const PUBLIC_ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];
/** As many of them as the secret is long enough for. */
const SHARED_ALGORITHMS = ["HS256", "HS384", "HS512"];

/** What a worker knows of callers that others vouch for. It outlives reloads: a changed API must not forget its issuers. */
export class Identities {
  readonly #options: IdentitiesOptions;
  /** For what is long and seldom read: it would lie among the recent ones for nothing. */
  readonly #unkept: Secrets;
  readonly #tokens = new Lru<string, VerifiedToken>(MAX_TOKENS);
  readonly #foreign = new Lru<string, true>(MAX_FOREIGN);
  readonly #introspected = new Lru<string, Introspected>(MAX_TOKENS);
  readonly #issued = new Lru<string, IssuedToken>(MAX_TOKENS);
  readonly #issuers = new Lru<string, IssuerKeys>(MAX_ISSUERS);
  readonly #made = new WeakMap<object, { value: unknown }>();
  readonly #peers = new PeerCertificates();
  /** As long as an API holds them. */
  readonly #revocations = new Map<string, WeakRef<Revocations>>();
  #versions = 0;
  /** For what signs and is asked at every call. */
  readonly secrets: Secrets;
  readonly replays: ReplayBook;
  readonly attempts: AttemptBook;

  constructor(options: IdentitiesOptions) {
    const secrets = new RecentSecrets(options.secrets, options.clock);
    this.#options = { ...options, secrets };
    this.#unkept = options.secrets;
    this.secrets = secrets;
    this.replays = new ReplayBook(options.firstUses);
    this.attempts = new AttemptBook(options.onWrongAttempt);
  }

  /** Makes something once for a part of a configuration, however many of its API's operations ask. */
  once<T>(config: object, make: () => T): T {
    // Each part of a configuration is of one kind, and so is what is made of it.
    const known = this.#made.get(config) as { value: T } | undefined;
    if (known) return known.value;
    const value = make();
    this.#made.set(config, { value });
    return value;
  }

  /** Throws, naming the setting, where keys that stand in the configuration are of no use. */
  jwtVerifier(api: string, config: JwtAuth): JwtVerifier {
    const { issuer, audience, clockSkew } = config;
    const algorithms = config.algorithms ?? (config.secret === undefined ? PUBLIC_ALGORITHMS : SHARED_ALGORITHMS);
    return new JwtVerifier({
      name: nameOf(api, config),
      issuer,
      audience,
      algorithms,
      clockSkewMs: clockSkew,
      keys: this.#keysOf(config, algorithms),
      cache: this.#tokens,
      foreign: this.#foreign,
      callerOf: (claims) => callerOf(claims, config, { kind: "jwt", issuer, api }),
    });
  }

  introspector(api: string, config: OAuth2Auth & { introspection: object }): Introspector {
    const { introspection } = config;
    const { outbound, secrets, clock } = this.#options;
    return new Introspector({
      name: nameOf(api, config),
      introspection,
      outbound,
      secrets,
      clock,
      cache: this.#introspected,
      callerOf: (claims) => callerOf(claims, config, { kind: "oauth2", issuer: introspection.url, api }),
    });
  }

  issuedTokens(api: string, issue: { signingKey: string; expiresIn: number }): IssuedTokens {
    const { signingKey, expiresIn } = issue;
    const { secrets } = this.#options;
    const options = { api, signingKey, expiresInMs: expiresIn, secrets, cache: this.#issued };
    return this.once(issue, () => new IssuedTokens(options));
  }

  /** Lists of one text and one set of authorities are held once, for all APIs that name them. Throws as `Revocations` does. */
  revocations({ ca = [], crl }: { ca?: readonly string[] | undefined; crl: readonly string[] }): Revocations {
    const name = canonicalJson({ ca, crl });
    const known = this.#revocations.get(name)?.deref();
    if (known) return known;
    const authorities = ca.flatMap((entry, index) => readAuthorities(entry, `ca[${index}]`, this.#unkept));
    const made = new Revocations(crl, authorities, this.#unkept);
    for (const [other, held] of this.#revocations) if (!held.deref()) this.#revocations.delete(other);
    this.#revocations.set(name, new WeakRef(made));
    return made;
  }

  /** See `clientAddressOf`, by the proxies that this node trusts. */
  clientAddressOf(called: Called): string {
    return clientAddressOf(called, this.#options.trustedProxies);
  }

  peerCertificate(peer: TlsPeer | null): PeerCertificate | undefined {
    return this.#peers.of(peer);
  }

  /** What left for want of room, and what others could not be asked about, since the start. */
  figures(): { forgottenTokens: number; unsharedNonces: number } {
    const caches = [this.#tokens, this.#introspected, this.#issued, this.#issuers];
    const forgottenTokens = caches.reduce((sum, { evicted }) => sum + evicted, 0);
    return { forgottenTokens, unsharedNonces: this.replays.unshared };
  }

  close(): void {
    this.#options.outbound.close();
  }

  #keysOf({ jwks, secret, issuer, staleFor, rotationOverlap }: JwtAuth, algorithms: readonly string[]): KeySource {
    if (secret !== undefined) return new SharedSecret(this.#options.secrets, secret, algorithms);
    if (typeof jwks === "object") return fixedKeys(parseKeySet(jwks.keys, "jwks"));
    const address: KeysAddress = jwks === undefined ? { discovery: issuer } : { jwks };
    const name = canonicalJson({ address, staleFor, rotationOverlap });
    const known = this.#issuers.get(name);
    if (known) return known;
    const { outbound, clock } = this.#options;
    const keys = new IssuerKeys({
      address,
      staleForMs: staleFor,
      rotationOverlapMs: rotationOverlap,
      outbound,
      clock,
      nextVersion: () => (this.#versions += 1),
    });
    this.#issuers.set(name, keys);
    return keys;
  }
}

/** Two verifiers with one name check alike, so that they may share what they know of a token. */
function nameOf(api: string, config: object): string {
  const text = canonicalJson({ api, config });
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
