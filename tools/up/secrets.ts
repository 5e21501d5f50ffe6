import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "#infra/local/errors.ts";
import { writeAtomically } from "#infra/local/store.ts";

/** The operator's secrets: drawn once, kept in files that only their owner reads. Losing them loses every stack. */
export async function operatorSecrets(state: string) {
  const kept = (name: string, draw: () => string) => keptSecret(join(state, "secrets", name), draw);
  return {
    secretKey: await kept("secret-key", () => randomBytes(32).toString("base64")),
    signingKey: await kept("signing-key", () =>
      generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
    ),
    nextAuthSecret: await kept("nextauth-secret", () => randomBytes(32).toString("base64")),
    databasePassword: await kept("database-password", () => randomBytes(24).toString("base64url")),
    redisPassword: await kept("redis-password", () => randomBytes(24).toString("base64url")),
  };
}

async function keptSecret(file: string, draw: () => string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    const secret = draw();
    await writeAtomically(file, secret);
    return secret;
  }
}
