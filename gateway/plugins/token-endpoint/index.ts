/**
 * Answers tokens to keys (RFC 6749, 4.4): a client shows its key once and calls with a token from then on. Wrong attempts
 * are slowed by address. What is wrong is said in the words of RFC 6749, 5.2, which clients' libraries read.
 */
import type { OAuth2Auth } from "#contracts/api/token-auth.ts";
import type { IssuedTokens } from "#gateway/identity/index.ts";
import { definePlugin, type Exchange, type PluginDeps, type Reply } from "#gateway/pipeline/index.ts";
import { hashOfKey, type Session } from "#gateway/session/index.ts";
import { readTokenRequest, type TokenRequest } from "./read-token-request.ts";
import { oauthError, tooManyAttempts, tokenAnswer } from "./token-replies.ts";

type Issue = NonNullable<OAuth2Auth["issue"]>;

const MAX_BODY_BYTES = 16 * 1_024;
const onlyPost = oauthError(405, "invalid_request", "Tokens are asked for with POST.", ["Allow", "POST"]);
const tooLarge = oauthError(413, "invalid_request", "The request is too large.");
const wrongClient = oauthError(401, "invalid_client", "Id and secret do not belong to a key that is active.", [
  "WWW-Authenticate",
  'Basic realm="causeway"',
]);
const notThisApi = oauthError(400, "unauthorized_client", "This key does not open this API.");
const unavailable = oauthError(503, "temporarily_unavailable", "Tokens cannot be issued right now.", [
  "Retry-After",
  "1",
]);

export const tokenEndpoint = definePlugin({
  name: "tokenEndpoint",
  phase: "authenticate",
  config: ["id", "auth"],
  compile({ id, auth }, deps) {
    const issue = issueOf(auth);
    if (!issue) return undefined;
    const tokens = deps.identity.issuedTokens(id, issue);
    return (exchange) => {
      if (exchange.innerPath !== issue.path) return undefined;
      return exchange.method === "POST" ? answer(exchange, { api: id, issue, tokens, deps }) : onlyPost;
    };
  },
  // No document describes it, and one that is strict must not hide it.
  paths({ auth }) {
    const issue = issueOf(auth);
    return issue ? [{ method: "POST", path: issue.path }] : [];
  },
});

function issueOf({ anyOf }: { anyOf: { oauth2?: OAuth2Auth | undefined }[] }): Issue | undefined {
  return anyOf.find(({ oauth2 }) => oauth2?.issue)?.oauth2?.issue;
}

interface Endpoint {
  api: string;
  issue: Issue;
  tokens: IssuedTokens;
  deps: PluginDeps;
}

async function answer(exchange: Exchange, { api, issue, tokens, deps }: Endpoint): Promise<Reply> {
  const { attempts } = deps.identity;
  const address = deps.identity.clientAddressOf(exchange);
  const waitMs = attempts.waitMs(address, exchange.nowMs);
  if (waitMs > 0) return tooManyAttempts(waitMs);
  const body = await exchange.bufferBody(MAX_BODY_BYTES);
  if (body === undefined) return tooLarge;
  const request = readTokenRequest(exchange.fields, body.toString("utf8"));
  if ("refusal" in request) return request.refusal;
  const session = await deps.sessions.find(hashOfKey(request.secret), exchange.nowMs);
  if (session === undefined) return unavailable;
  // Others from there may have failed meanwhile: of many guesses at once no more are judged than of many in a row.
  const laterMs = attempts.waitMs(address, exchange.nowMs);
  if (laterMs > 0) return tooManyAttempts(laterMs);
  if (!session || !isItsOwn(session, request, exchange, deps)) {
    attempts.failed(address, exchange.nowMs);
    return wrongClient;
  }
  exchange.principal = session;
  if (!session.grants.has(api)) return notThisApi;
  const token = await tokens.issue({ id: session.keyId, hash: hashOfKey(request.secret) }, exchange.nowMs);
  return token === undefined ? unavailable : tokenAnswer(token, issue.expiresIn);
}

/** The id is this key's own, and the key may be used now and on this connection. */
function isItsOwn(session: Session, { id }: TokenRequest, { nowMs, connection }: Exchange, deps: PluginDeps): boolean {
  if (session.keyId !== id || !session.active || session.expiresAtMs <= nowMs) return false;
  const { boundCertificate } = session;
  return (
    boundCertificate === undefined || deps.identity.peerCertificate(connection.tls)?.fingerprint === boundCertificate
  );
}
