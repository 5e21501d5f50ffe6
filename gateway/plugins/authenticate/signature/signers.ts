import { createPublicKey, createSecretKey, type KeyObject } from "node:crypto";
import { messageOf } from "#base/errors.ts";
import type { Signer } from "#contracts/api/proof-auth.ts";
import { callerId } from "#gateway/identity/index.ts";
import type { Secrets } from "#gateway/secrets/index.ts";
import { Identity } from "#gateway/session/index.ts";
import { algorithmsOf, type SignatureAlgorithm } from "./verify.ts";

/** One that may sign, compiled. */
export interface KnownSigner {
  caller: Identity;
  /** Undefined: its secret cannot be read now. */
  key: () => KeyObject | undefined;
  /** Algorithms that are accepted of it, of those that its key can be used with. */
  algorithms: readonly SignatureAlgorithm[];
}

const MIN_RSA_BITS = 2_048;

/** By id. Throws, naming the entry, where a key is of no use or no accepted algorithm fits it. */
export function compileSigners(
  signers: readonly Signer[],
  accepted: readonly SignatureAlgorithm[] | undefined,
  { kind, api, secrets }: { kind: string; api: string; secrets: Secrets },
): ReadonlyMap<string, KnownSigner> {
  const known = new Map<string, KnownSigner>();
  for (const [index, signer] of signers.entries()) {
    if (known.has(signer.id)) throw new Error(`keys[${index}].id: ${signer.id} is taken already`);
    const { key, possible } = keyOf(signer, index, secrets);
    const algorithms = accepted ? possible.filter((name) => accepted.includes(name)) : possible.slice(0, 1);
    if (algorithms.length === 0) throw new Error(`keys[${index}]: none of the algorithms fits this key`);
    const { policies } = signer;
    const apis = policies.length === 0 ? { [api]: {} } : {};
    const caller = new Identity({ id: callerId(kind, api, signer.id), policies, apis, claims: { sub: signer.id } });
    known.set(signer.id, { caller, key, algorithms });
  }
  return known;
}

interface UsableKey {
  key: () => KeyObject | undefined;
  possible: readonly SignatureAlgorithm[];
}

function keyOf({ publicKey, secret, encoding }: Signer, index: number, secrets: Secrets): UsableKey {
  if (publicKey === undefined) {
    // The contract asks for one of the two.
    const key = refreshed(() => secrets.read(secret!), encoding);
    return { key, possible: algorithmsOf(createSecretKey(Buffer.alloc(32))) };
  }
  const key = publicKeyOf(publicKey, `keys[${index}].publicKey`);
  return { key: () => key, possible: algorithmsOf(key) };
}

function publicKeyOf(pem: string, path: string): KeyObject {
  if (pem.includes("PRIVATE KEY"))
    throw new Error(`${path}: this is a private key, which belongs nowhere near a gateway`);
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (error) {
    throw new Error(`${path}: expected a public key in PEM (${messageOf(error)})`, { cause: error });
  }
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < MIN_RSA_BITS)
    throw new Error(`${path}: expected an RSA key of ${MIN_RSA_BITS} bits or more`);
  if (algorithmsOf(key).length === 0) throw new Error(`${path}: expected an RSA, P-256 or Ed25519 key`);
  return key;
}

/** A secret as a key, made anew only when its text is another. */
function refreshed(read: () => string | undefined, encoding: Signer["encoding"]): () => KeyObject | undefined {
  let text: string | undefined;
  let key: KeyObject | undefined;
  return () => {
    const current = read();
    if (current === text) return key;
    text = current;
    key = current ? createSecretKey(Buffer.from(current, encoding === "base64" ? "base64" : "utf8")) : undefined;
    return key;
  };
}
