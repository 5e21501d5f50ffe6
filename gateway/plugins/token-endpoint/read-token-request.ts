import type { Exchange, Reply } from "#gateway/pipeline/index.ts";
import { oauthError } from "./token-replies.ts";

/** A client that asks for a token. */
export interface TokenRequest {
  id: string;
  secret: string;
}

const notAForm = oauthError(400, "invalid_request", "Send application/x-www-form-urlencoded.");
const twice = oauthError(400, "invalid_request", "A parameter stands twice.");
const noGrant = oauthError(400, "invalid_request", "grant_type is missing.");
const otherGrant = oauthError(400, "unsupported_grant_type", "The only grant_type here is client_credentials.");
const noScopes = oauthError(400, "invalid_scope", "A token has the rights of its key, and no scope narrows them.");
const twoWays = oauthError(400, "invalid_request", "Send the client's credentials in one way and not in two.");
const noClient = oauthError(
  401,
  "invalid_client",
  "Send a key's id and the key: Basic, or client_id and client_secret.",
  ["WWW-Authenticate", 'Basic realm="causeway"'],
);

/** Reads a request for a token (RFC 6749, 2.3.1 and 4.4.2), or says what is wrong with it. */
export function readTokenRequest(fields: Exchange["fields"], body: string): TokenRequest | { refusal: Reply } {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(fields.get("content-type") ?? ""))
    return { refusal: notAForm };
  const form = new URLSearchParams(body);
  const names = [...form.keys()];
  if (new Set(names).size < names.length) return { refusal: twice };
  const grant = form.get("grant_type");
  if (!grant) return { refusal: noGrant };
  if (grant !== "client_credentials") return { refusal: otherGrant };
  if (form.get("scope")) return { refusal: noScopes };
  const basic = readBasic(fields.get("authorization"));
  const [id, secret] = [form.get("client_id"), form.get("client_secret")];
  if (basic && secret !== null) return { refusal: twoWays };
  if (basic) return id === null || id === basic.id ? basic : { refusal: twoWays };
  return id && secret ? { id, secret } : { refusal: noClient };
}

/** Both parts are form-encoded there (2.3.1), unlike in Basic for everything else. */
function readBasic(field: string | undefined): TokenRequest | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(field ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  const decode = (part: string) => new URLSearchParams(`a=${part.replaceAll("&", "%26")}`).get("a")!;
  return { id: decode(text.slice(0, colon)), secret: decode(text.slice(colon + 1)) };
}
