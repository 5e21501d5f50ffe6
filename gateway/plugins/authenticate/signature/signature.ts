import type { ErrorCode } from "#contracts/api/error-codes.ts";
import type { SignatureAuth } from "#contracts/api/proof-auth.ts";
import { reject, type Exchange, type PluginDeps } from "#gateway/pipeline/index.ts";
import type { Method, Outcome } from "../method.ts";
import { absent, policyInactive, rank, Refusal, refused, tokenRefusals } from "../refusal.ts";
import { fitsDigest } from "./content-digest.ts";
import { coveredNames, readInputs, signatureBase } from "./signature-base.ts";
import { compileSigners, type KnownSigner } from "./signers.ts";
import { isInnerList, parseDictionary, type InnerList } from "./structured-fields.ts";
import { verifiers } from "./verify.ts";

const challenge = 'Signature realm="causeway"';
const say = (code: ErrorCode, detail: string) => refused(code, detail, challenge);
const missing = absent("signature_missing", "Sign the request: Signature-Input and Signature (RFC 9421).", challenge);
const malformed = say("signature_malformed", "Signature-Input and Signature cannot be read.");
const unknown = say("signature_key_unknown", "No signature is of a key that is known here.");
const stale = say("signature_expired", "The signature is too old, from the future, or has expired.");
const wrong = say("signature_invalid", "The signature does not fit this request.");
const noNonce = say("signature_nonce_missing", "The signature must carry a nonce.");
const replayed = say("signature_replayed", "This signature was used before.");
const otherBody = say("content_digest_mismatch", "The body is not the one that was signed.");

/** Signatures that are looked at in one request; a client has one, and proxies before us perhaps another. */
const MAX_SIGNATURES = 4;

interface Signed {
  input: InnerList;
  signature: Buffer;
  signer: KnownSigner;
  keyId: string;
}

/** HTTP Message Signatures (RFC 9421): the first signature of a known key must cover what is asked for, fit, and be fresh. */
export function signatureMethod(api: string, config: SignatureAuth, deps: PluginDeps): Method {
  const { sessions, identity } = deps;
  const signers = compileSigners(config.keys, config.algorithms, { kind: "sig", api, secrets: identity.secrets });
  const required = config.components;
  const uncovered = say("signature_components", `The signature must cover ${required.join(", ") || "something"}.`);
  const tooLarge = new Refusal(
    rank.forbidden,
    reject(413, "body_too_large", `A signed body may hold ${config.maxBodyBytes} bytes.`),
  );
  const conclude = ({ signer }: Signed, exchange: Exchange): Outcome => {
    const session = sessions.sessionOf(signer.caller);
    exchange.principal = session;
    return session.active ? session : policyInactive;
  };
  const judgeBody = (exchange: Exchange, signed: Signed, digest: string | undefined): Outcome | Promise<Outcome> => {
    if (digest === undefined) return conclude(signed, exchange);
    return exchange.bufferBody(config.maxBodyBytes).then((body) => {
      if (body === undefined) return tooLarge;
      return fitsDigest(digest, body) ? conclude(signed, exchange) : otherBody;
    });
  };
  const judge = (exchange: Exchange, signed: Signed): Outcome | Promise<Outcome> => {
    const { nowMs } = exchange;
    const covered = coveredNames(signed.input);
    if (!required.every((name) => covered.has(name))) return uncovered;
    if (!isFresh(signed.input, nowMs, config)) return stale;
    const nonce = signed.input.parameters.get("nonce");
    if (config.requireNonce && nonce?.kind !== "string") return noNonce;
    const fits = doesFit(exchange, signed);
    if (fits !== true) return fits;
    // Only what fits is remembered: a stranger's nonces must push out none of ours.
    const untilMs = nowMs + config.maxAge + 2 * config.clockSkew;
    // No line break stands in any of them, so that one signer's nonces are never another's.
    const name = nonce && `${api}\n${signed.keyId}\n${String(nonce.value)}`;
    const isFirst = name === undefined || identity.replays.use(name, nowMs, untilMs);
    const digest = covered.has("content-digest") ? exchange.fields.get("content-digest") : undefined;
    if (typeof isFirst === "boolean") return isFirst ? judgeBody(exchange, signed, digest) : replayed;
    return isFirst.then((first) => (first ? judgeBody(exchange, signed, digest) : replayed));
  };
  return {
    isKey: false,
    missing,
    identify(exchange) {
      const inputs = exchange.fields.get("signature-input");
      if (inputs === undefined) return missing;
      const signed = readSigned(inputs, exchange.fields.get("signature") ?? "", signers);
      return signed instanceof Refusal ? signed : judge(exchange, signed);
    },
  };
}

/** The first signature whose key is known. */
function readSigned(
  inputField: string,
  signatureField: string,
  signers: ReadonlyMap<string, KnownSigner>,
): Signed | Refusal {
  const inputs = readInputs(inputField);
  const signatures = parseDictionary(signatureField);
  if (!inputs?.length || !signatures) return malformed;
  for (const [label, input] of inputs.slice(0, MAX_SIGNATURES)) {
    const keyId = input.parameters.get("keyid");
    const member = signatures.get(label);
    if (!member || isInnerList(member) || member.bare.kind !== "bytes") return malformed;
    const signer = keyId?.kind === "string" ? signers.get(keyId.value) : undefined;
    if (signer) return { input, signature: member.bare.value, signer, keyId: String(keyId!.value) };
  }
  return unknown;
}

/** `created` is asked for: without it a signature would be good for ever. */
function isFresh({ parameters }: InnerList, nowMs: number, { maxAge, clockSkew }: SignatureAuth): boolean {
  const created = parameters.get("created");
  const expires = parameters.get("expires");
  if (created?.kind !== "integer" || (expires !== undefined && expires.kind !== "integer")) return false;
  const ageMs = nowMs - created.value * 1_000;
  if (ageMs < -clockSkew || ageMs > maxAge + clockSkew) return false;
  return expires === undefined || nowMs <= expires.value * 1_000 + clockSkew;
}

function doesFit(exchange: Exchange, { input, signature, signer }: Signed): true | Refusal {
  const key = signer.key();
  if (!key) return tokenRefusals.secret_unavailable;
  const named = input.parameters.get("alg");
  // What the signature says of its algorithm chooses among those that are accepted of this key, and of no other.
  const algorithm = named === undefined ? signer.algorithms[0] : signer.algorithms.find((name) => name === named.value);
  const base = algorithm && signatureBase(exchange, input);
  if (base === undefined) return wrong;
  return verifiers[algorithm!](Buffer.from(base, "latin1"), key, signature) || wrong;
}
