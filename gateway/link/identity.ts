import { createPrivateKey, createPublicKey, generateKeyPairSync, hkdfSync, sign, type KeyObject } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "#base/errors.ts";
import { UsageError } from "#gateway/usage-error.ts";

/** Who this node is: an Ed25519 key pair made here, of which only the public half ever leaves. */
export interface Identity {
  /** Raw, base64url. */
  publicKey: string;
  /** Ed25519, base64url. */
  sign(text: string): string;
  /** 32 bytes: seals what this node keeps on its disk. */
  sealingKey: Uint8Array;
}

/** Reads `node.key` of the data folder, or makes it (PKCS #8 PEM, 0600). */
export function loadIdentity(folder: string): Identity {
  try {
    return identityOf(readOrMake(join(folder, "node.key"), folder));
  } catch (error) {
    throw new UsageError(
      `CAUSEWAY_DATA_DIR ${folder}: the node's key cannot be read or written there (${messageOf(error)})`,
    );
  }
}

function readOrMake(file: string, folder: string): KeyObject {
  if (existsSync(file)) return createPrivateKey(readFileSync(file));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync("ed25519");
  // Beside and renamed: half a key would be another node at the next start.
  writeFileSync(`${file}.new`, privateKey.export({ format: "pem", type: "pkcs8" }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return privateKey;
}

function identityOf(privateKey: KeyObject): Identity {
  const secret = privateKey.export({ format: "der", type: "pkcs8" });
  return {
    publicKey: createPublicKey(privateKey).export({ format: "jwk" }).x!,
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString("base64url"),
    sealingKey: new Uint8Array(hkdfSync("sha256", secret, "", "causeway/node-disk", 32)),
  };
}
