import { hkdfSync } from "node:crypto";
import { unseal } from "#base/seal.ts";
import { tokenFrom } from "#base/token.ts";
import { failed } from "./failures.ts";

/** Every secret of a stack, all derived: one sealed value a deployment is all that is kept. */
export interface StackSecrets {
  passphrase: string;
  databasePassword: string;
  redisPassword: string;
  enrolmentToken: string;
  /** 32 bytes, base64url. */
  signingSeed: string;
}

/** Opens a deployment's sealed secret with the operator's key and derives (HKDF-SHA256, RFC 5869) one secret a purpose. */
export function stackSecrets(masterKey: Uint8Array, sealed: string, deploymentId: string): StackSecrets {
  const root = opened(masterKey, sealed, deploymentId);
  const derive = (purpose: string, bytes: number) =>
    Buffer.from(hkdfSync("sha256", root, deploymentId, `causeway/${purpose}`, bytes));
  return {
    passphrase: derive("passphrase", 32).toString("base64url"),
    databasePassword: derive("database-password", 24).toString("base64url"),
    redisPassword: derive("redis-password", 24).toString("base64url"),
    enrolmentToken: tokenFrom("enrol", derive("enrolment-token", 20)),
    signingSeed: derive("signing-key", 32).toString("base64url"),
  };
}

function opened(masterKey: Uint8Array, sealed: string, deploymentId: string): Buffer {
  try {
    return unseal(masterKey, sealed, deploymentId);
  } catch (error) {
    throw failed("secret_key_changed", undefined, error);
  }
}
