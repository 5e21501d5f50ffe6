import { createSecretKey, hash, type KeyObject } from "node:crypto";
import type { Secrets } from "#gateway/secrets/index.ts";
import type { KeySet } from "./key-set.ts";

/** Why keys could not be asked for. It says nothing about a token: see failure.ts. */
export type KeysFailure = "issuer_unreachable" | "issuer_busy" | "secret_unavailable";
/** Keys that may have made the signature; an empty list: there is none. */
export type KeysFound = readonly (KeyObject | Uint8Array)[] | KeysFailure;

/** Where the keys of an issuer come from. */
export interface KeySource {
  /** Names the set that verifies now; what was verified with another is verified again. Null: none may be used any more. */
  version(nowMs: number): number | null;
  find(kid: string | undefined, algorithm: string, nowMs: number): KeysFound | Promise<KeysFound>;
}

/** Keys that stand in the configuration: they change when it does. */
export function fixedKeys(set: KeySet): KeySource {
  return { version: () => 1, find: (kid, algorithm) => set.candidates(kid, algorithm) };
}

const MIN_SECRET_BYTES: Record<string, number> = { HS256: 32, HS384: 48, HS512: 64 };
const SHORTEST_SECRET = Math.min(...Object.values(MIN_SECRET_BYTES));

/** A shared secret, read when it is used, since secrets are refreshed. */
export class SharedSecret implements KeySource {
  readonly #secrets: Secrets;
  readonly #reference: string;
  #text: string | undefined = undefined;
  #key: KeyObject | undefined = undefined;
  #version = 0;

  /** Throws when the secret can be read and is too short for every one of the algorithms. */
  constructor(secrets: Secrets, reference: string, algorithms: readonly string[]) {
    this.#secrets = secrets;
    this.#reference = reference;
    const size = this.#read()?.symmetricKeySize;
    const [least] = [...algorithms].sort((a, b) => MIN_SECRET_BYTES[a]! - MIN_SECRET_BYTES[b]!);
    if (size !== undefined && size < MIN_SECRET_BYTES[least!]!)
      throw new Error(`secret: expected ${MIN_SECRET_BYTES[least!]} bytes or more, as ${least} asks for`);
  }

  version(): number {
    this.#read();
    return this.#version;
  }

  find(_kid: string | undefined, algorithm: string): KeysFound {
    const key = this.#read();
    if (!key || key.symmetricKeySize! < SHORTEST_SECRET) return "secret_unavailable";
    // A secret shorter than the hash is weaker than the algorithm says (RFC 7518, 3.2): it is no key of that one.
    return key.symmetricKeySize! >= MIN_SECRET_BYTES[algorithm]! ? [key] : [];
  }

  #read(): KeyObject | undefined {
    const text = this.#secrets.read(this.#reference);
    if (text === this.#text) return this.#key;
    this.#text = text;
    this.#key = text === undefined ? undefined : createSecretKey(text, "utf8");
    // By content, so that what one configuration verified with a secret is not believed by the next with another.
    this.#version = text === undefined ? 0 : Number.parseInt(hash("sha256", text, "hex").slice(0, 12), 16);
    return this.#key;
  }
}
