import type { ErrorCode } from "#contracts/api/error-codes.ts";
import type { HmacAuth } from "#contracts/api/proof-auth.ts";
import type { Exchange, PluginDeps } from "#gateway/pipeline/index.ts";
import type { Method, Outcome } from "../method.ts";
import { stripHeader } from "../place.ts";
import { absent, policyInactive, refused, tokenRefusals } from "../refusal.ts";
import { compileSigners } from "./signers.ts";
import { sentTarget } from "./signature-base.ts";
import { verifiers } from "./verify.ts";

/** Fields that may carry the date: browsers cannot set `Date`, so Tyk's clients send the other. */
const DATES = ["date", "x-aux-date"];

/** `Authorization: Signature …` (draft-cavage-http-signatures-10): a date and headers, signed. */
export function hmacMethod(api: string, config: HmacAuth, { sessions, identity }: PluginDeps): Method {
  const challenge = `Signature realm="causeway",headers="${[...config.headers, "date"].join(" ")}"`;
  const say = (code: ErrorCode, detail: string) => refused(code, detail, challenge);
  const missing = absent("signature_missing", "Send Authorization: Signature with keyId and signature.", challenge);
  const malformed = say("signature_malformed", "This Authorization: Signature cannot be read.");
  const unknown = say("signature_key_unknown", "This keyId is not known here.");
  const notAllowed = say("signature_algorithm", "Signatures by this algorithm are not accepted of this key.");
  const uncovered = say("signature_components", `The signature must cover a date and ${config.headers.join(", ")}.`);
  const stale = say("signature_expired", "The signed date is too far from now.");
  const wrong = say("signature_invalid", "The signature does not fit this request.");
  const signers = compileSigners(config.keys, config.algorithms, { kind: "hmac", api, secrets: identity.secrets });

  const judge = (exchange: Exchange, parameters: ReadonlyMap<string, string>): Outcome => {
    const signature = parameters.get("signature");
    const signer = signers.get(parameters.get("keyId") ?? "");
    if (signature === undefined) return malformed;
    if (!signer) return unknown;
    const named = parameters.get("algorithm");
    const algorithm = named === undefined ? signer.algorithms[0] : signer.algorithms.find((name) => name === named);
    if (algorithm === undefined) return notAllowed;
    const headers = (parameters.get("headers") ?? "date").toLowerCase().split(" ").filter(Boolean);
    const date = DATES.find((name) => headers.includes(name));
    if (date === undefined || !config.headers.every((name) => headers.includes(name))) return uncovered;
    if (!isNear(exchange.fields.get(date), exchange.nowMs, config.clockSkew)) return stale;
    const key = signer.key();
    if (!key) return tokenRefusals.secret_unavailable;
    const text = signingString(exchange, headers);
    if (text === undefined) return wrong;
    const fits = verifiers[algorithm](Buffer.from(text, "latin1"), key, Buffer.from(signature, "base64"));
    if (!fits) return wrong;
    const session = sessions.sessionOf(signer.caller);
    exchange.principal = session;
    if (!session.active) return policyInactive;
    stripHeader(exchange, "authorization");
    return session;
  };
  return {
    isKey: false,
    missing,
    identify(exchange) {
      const field = exchange.fields.get("authorization");
      if (field === undefined || !/^signature\s/i.test(field)) return missing;
      const parameters = readParameters(field.slice("signature ".length));
      return parameters ? judge(exchange, parameters) : malformed;
    },
  };
}

/** `name="value",…`; some clients leave the quotes of a value out. */
function readParameters(text: string): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  const pattern = /\s*([A-Za-z]{1,20})=(?:"([^"]*)"|([^",\s]*))\s*(?:,|$)/y;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    // A parameter that stands twice could be read in two ways.
    if (!match || parameters.has(match[1]!)) return undefined;
    parameters.set(match[1]!, match[2] ?? match[3]!);
  }
  return parameters;
}

/** Header by header as they are listed (2.3); undefined: one of them is not there. */
function signingString(exchange: Exchange, headers: readonly string[]): string | undefined {
  const { method, fields } = exchange;
  const lines: string[] = [];
  for (const name of headers) {
    const isTarget = name === "(request-target)";
    const values = isTarget
      ? [`${method.toLowerCase()} ${sentTarget(exchange)}`]
      : fields.all(name).map((line) => line.trim());
    if (values.length === 0) return undefined;
    lines.push(`${name}: ${values.join(", ")}`);
  }
  return lines.join("\n");
}

function isNear(date: string | undefined, nowMs: number, skewMs: number): boolean {
  const atMs = Date.parse(date ?? "");
  // NaN is near nothing.
  return Math.abs(nowMs - atMs) <= skewMs;
}
