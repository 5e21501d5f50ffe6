import { readFileSync } from "node:fs";
import { messageOf } from "#base/errors.ts";
import { getJson } from "./store-request.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The fields of a secret in HashiCorp Vault's key-value store, version 2 (`GET /v1/<mount>/data/<path>`). Throws with what
 * Vault said or what is missing, and never with a value.
 */
export async function readVault(place: string, env: Environment): Promise<unknown> {
  const { VAULT_ADDR: address, VAULT_NAMESPACE: namespace } = env;
  if (!address) throw new Error("VAULT_ADDR is not set; expected Vault's address, such as https://vault.internal:8200");
  const [mount, ...path] = place.split("/");
  if (!mount || path.length === 0) throw new Error("expected vault://<mount>/<path>#<field>");
  const url = `${address.replace(/\/+$/, "")}/v1/${[mount, "data", ...path].map(encodeURIComponent).join("/")}`;
  const headers = { "x-vault-token": tokenOf(env), ...(namespace ? { "x-vault-namespace": namespace } : {}) };
  const { status, body } = await getJson(url, { headers });
  if (status === 404) throw new Error("Vault has no such secret");
  if (status === 403) throw new Error("Vault's token may not read it (403)");
  if (status !== 200) throw new Error(`Vault answered ${status}`);
  return (body as { data?: { data?: unknown } } | undefined)?.data?.data;
}

/** Read each time: an agent that renews the token writes it to the file. */
function tokenOf({ VAULT_TOKEN: token, VAULT_TOKEN_FILE: file }: Environment): string {
  if (token) return token;
  if (!file) throw new Error("neither VAULT_TOKEN nor VAULT_TOKEN_FILE is set");
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new Error(`VAULT_TOKEN_FILE cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
