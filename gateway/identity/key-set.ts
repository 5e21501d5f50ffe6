import { createPublicKey, type JsonWebKeyInput, type KeyObject } from "node:crypto";
import { messageOf } from "#base/errors.ts";

type Jwk = JsonWebKeyInput["key"];

interface VerificationKey {
  kid: string | undefined;
  key: KeyObject;
  /** Signature algorithms that this key may verify, and no other: `alg` of the key, or all of its kind. */
  algorithms: ReadonlySet<string>;
}

const RSA = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
const CURVES: Record<string, string[]> = {
  "P-256": ["ES256"],
  "P-384": ["ES384"],
  "P-521": ["ES512"],
  Ed25519: ["EdDSA", "Ed25519"],
};
const MIN_RSA_BITS = 2_048;
/** Keys of one set; an issuer has a handful. */
const MAX_KEYS = 100;

/** An issuer's public keys (RFC 7517). Immutable; a refresh makes another. */
export class KeySet {
  readonly #keys: readonly VerificationKey[];
  /** Names the set by its content. */
  readonly text: string;

  constructor(keys: readonly VerificationKey[], text: string) {
    this.#keys = keys;
    this.text = text;
  }

  /** Keys that may have made a signature: of that id where the token names one, and of a kind that fits the algorithm. */
  candidates(kid: string | undefined, algorithm: string): KeyObject[] {
    const fits = (key: VerificationKey) => key.algorithms.has(algorithm) && (kid === undefined || key.kid === kid);
    return this.#keys.filter(fits).map(({ key }) => key);
  }

  /** What this set had and `newer` has no more. */
  without(newer: KeySet): KeySet {
    const kept = new Set(newer.#keys.map(nameOf));
    return new KeySet(
      this.#keys.filter((key) => !kept.has(nameOf(key))),
      this.text,
    );
  }

  get size(): number {
    return this.#keys.length;
  }
}

/** A set as an issuer serves it: keys of no use here are passed over, as RFC 7517, 5 asks. Throws where it is no set. */
export function readKeySet(document: unknown): KeySet {
  const keys = (document as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) throw new Error("expected an object with keys, a JWK Set");
  const usable = keys.slice(0, MAX_KEYS).flatMap((jwk) => {
    try {
      return [readKey(jwk as Jwk)];
    } catch {
      // A key of a kind that this program does not know is somebody else's: the others serve.
      return [];
    }
  });
  return new KeySet(usable, JSON.stringify(keys));
}

/** A set that a configuration holds: each key must be of use. Throws with the member that is not. */
export function parseKeySet(keys: readonly unknown[], path: string): KeySet {
  const parsed = keys.map((jwk, index) => {
    try {
      return readKey(jwk as Jwk);
    } catch (error) {
      throw new Error(`${path}.keys[${index}]: ${messageOf(error)}`, { cause: error });
    }
  });
  return new KeySet(parsed, JSON.stringify(keys));
}

function readKey(jwk: Jwk): VerificationKey {
  const { kid, alg, use, key_ops: operations } = jwk as Record<string, unknown>;
  if (use !== undefined && use !== "sig") throw new Error("expected use sig");
  if (Array.isArray(operations) && !operations.includes("verify")) throw new Error("expected key_ops with verify");
  const ofKind = jwk.kty === "RSA" ? RSA : (CURVES[String(jwk.crv)] ?? []);
  const algorithms = alg === undefined ? ofKind : ofKind.filter((name) => isSame(name, alg));
  if (algorithms.length === 0) throw new Error("expected an RSA, P-256, P-384, P-521 or Ed25519 key and a fitting alg");
  const key = createPublicKey({ key: jwk, format: "jwk" });
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < MIN_RSA_BITS) throw new Error(`expected an RSA key of ${MIN_RSA_BITS} bits or more`);
  return { kid: typeof kid === "string" ? kid : undefined, key, algorithms: new Set(algorithms) };
}

/** EdDSA over Ed25519 has a name of its own since RFC 9864. */
function isSame(name: string, alg: unknown): boolean {
  return name === alg || (name === "EdDSA" && alg === "Ed25519") || (name === "Ed25519" && alg === "EdDSA");
}

function nameOf({ kid, key }: VerificationKey): string {
  return `${kid ?? ""} ${key.export({ format: "der", type: "spki" }).toString("base64")}`;
}
