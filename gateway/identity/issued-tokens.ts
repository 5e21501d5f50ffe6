import { hkdfSync, randomUUID } from "node:crypto";
import { decodeJwt, jwtVerify, SignJWT } from "jose";
import type { Lru } from "#base/lru.ts";
import { seal, unseal } from "#base/seal.ts";
import type { Secrets } from "#gateway/secrets/index.ts";
import type { Failure } from "./failure.ts";
import { cacheName } from "./verified-token.ts";

/** A token of our own: it stands for a key, whose record is asked at every call, so that a revoked key ends its tokens. */
export interface IssuedToken {
  keyHash: string;
  validUntilMs: number;
  /** The secret that signed it; another makes every token invalid at once. */
  signedBy: SigningKeys;
}

interface SigningKeys {
  text: string;
  sign: Uint8Array;
  seal: Uint8Array;
}

export interface IssuedTokensOptions {
  api: string;
  signingKey: string;
  expiresInMs: number;
  secrets: Secrets;
  cache: Lru<string, IssuedToken>;
}

const MIN_SECRET_LENGTH = 32;
const ALGORITHM = "HS256";
const TYPE = "at+jwt";

/**
 * Access tokens for keys (RFC 6749, 4.4), as signed JWTs that any node with the same secret believes. The key's hash
 * travels sealed inside: it is how a key is looked up, and nothing that a client should see.
 */
export class IssuedTokens {
  readonly #options: IssuedTokensOptions;
  readonly #issuer: string;
  #keys: SigningKeys | undefined = undefined;

  /** Throws when the secret can be read and is too short to sign with. */
  constructor(options: IssuedTokensOptions) {
    this.#options = options;
    this.#issuer = `urn:causeway:api:${options.api}`;
    const text = options.secrets.read(options.signingKey);
    if (text !== undefined && text.length < MIN_SECRET_LENGTH)
      throw new Error(`oauth2.issue.signingKey: expected ${MIN_SECRET_LENGTH} characters or more`);
  }

  /** Undefined: the secret cannot be read. */
  async issue(key: { id: string; hash: string }, nowMs: number): Promise<string | undefined> {
    const keys = this.#signingKeys();
    if (!keys) return undefined;
    const issuedAt = Math.floor(nowMs / 1_000);
    return new SignJWT({ key: seal(keys.seal, key.hash, this.#issuer) })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
      .setIssuer(this.#issuer)
      .setAudience(this.#issuer)
      .setSubject(key.id)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + Math.floor(this.#options.expiresInMs / 1_000))
      .setJti(randomUUID())
      .sign(keys.sign);
  }

  /** Whether a token says that it comes from here; nothing is proven by that. */
  isOurs(token: string): boolean {
    try {
      return decodeJwt(token).iss === this.#issuer;
    } catch {
      // Not a JWT: another server's token may be of any shape.
      return false;
    }
  }

  verify(token: string, nowMs: number): IssuedToken | Failure | Promise<IssuedToken | Failure> {
    const keys = this.#signingKeys();
    if (!keys) return "secret_unavailable";
    const name = cacheName(token, this.#issuer);
    const known = this.#options.cache.get(name);
    if (known === undefined || known.signedBy.text !== keys.text) return this.#verifyAnew(token, name, keys, nowMs);
    return nowMs < known.validUntilMs ? known : "token_expired";
  }

  async #verifyAnew(token: string, name: string, keys: SigningKeys, nowMs: number): Promise<IssuedToken | Failure> {
    try {
      const { payload } = await jwtVerify(token, keys.sign, {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: this.#issuer,
        audience: this.#issuer,
        requiredClaims: ["exp", "key"],
        currentDate: new Date(nowMs),
      });
      const keyHash = unseal(keys.seal, String(payload.key), this.#issuer).toString("utf8");
      const issued = { keyHash, validUntilMs: payload.exp! * 1_000, signedBy: keys };
      this.#options.cache.set(name, issued);
      return issued;
    } catch (error) {
      return (error as { code?: string }).code === "ERR_JWT_EXPIRED" ? "token_expired" : "token_signature";
    }
  }

  /** Two keys of one secret: what signs must not seal too. */
  #signingKeys(): SigningKeys | undefined {
    const text = this.#options.secrets.read(this.#options.signingKey);
    if (text === undefined || text.length < MIN_SECRET_LENGTH) return undefined;
    if (this.#keys?.text === text) return this.#keys;
    const derive = (purpose: string) => new Uint8Array(hkdfSync("sha256", text, "", `causeway token ${purpose}`, 32));
    this.#keys = { text, sign: derive("signature"), seal: derive("key") };
    return this.#keys;
  }
}
