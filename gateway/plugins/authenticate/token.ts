import type { Exchange, PluginDeps } from "#gateway/pipeline/index.ts";
import type { Failure, VerifiedToken } from "#gateway/identity/index.ts";
import type { Method, Outcome } from "./method.ts";
import { bearerPlace, namesOf, placesOf, stripFrom, tooLong, type Place } from "./place.ts";
import {
  absent,
  bearer,
  certificateMismatch,
  credentialTooLong,
  forbidden,
  policyInactive,
  tokenRefusals,
  type Refusal,
} from "./refusal.ts";

/** What knows tokens: keys of an issuer, or its introspection endpoint. */
export interface TokenVerifier {
  verify(token: string, nowMs: number): VerifiedToken | Failure | Promise<VerifiedToken | Failure>;
}

interface TokenConfig {
  header?: string | undefined;
  query?: string | undefined;
  cookie?: string | undefined;
  requireScopes: readonly string[];
}

/** Bearer tokens that somebody else issued. */
export function tokenMethod(config: TokenConfig, verifier: TokenVerifier, deps: PluginDeps): Method {
  const places = tokenPlacesOf(config);
  const missing = tokenMissing(places);
  const judge = tokenJudge(config, places, deps);
  return {
    isKey: false,
    missing,
    identify(exchange) {
      for (const place of places) {
        const token = place.read(exchange);
        if (token === undefined) continue;
        if (token === tooLong) return credentialTooLong;
        const verified = verifier.verify(token, exchange.nowMs);
        if (!(verified instanceof Promise)) return judge(exchange, place, verified);
        return verified.then((outcome) => judge(exchange, place, outcome));
      }
      return missing;
    },
  };
}

export function tokenPlacesOf(config: TokenConfig): readonly Place[] {
  return placesOf(config, [bearerPlace]);
}

export function tokenMissing(places: readonly Place[]): Refusal {
  return absent("token_missing", `Send a token in ${namesOf(places)}.`, bearer);
}

/** What a verified token opens now: policies may have changed since it was first seen. */
export function tokenJudge(
  { requireScopes }: Pick<TokenConfig, "requireScopes">,
  places: readonly Place[],
  { sessions, identity }: PluginDeps,
) {
  const refusals = { ...tokenRefusals, scope_missing: scopeMissing(requireScopes) };
  return (exchange: Exchange, place: Place, verified: VerifiedToken | Failure): Outcome => {
    if (typeof verified === "string") return refusals[verified];
    if (typeof verified.caller === "string") return refusals[verified.caller];
    if (verified.boundTo !== undefined) {
      const peer = identity.peerCertificate(exchange.connection.tls);
      if (peer?.thumbprint !== verified.boundTo) return certificateMismatch;
    }
    const session = sessions.sessionOf(verified.caller);
    exchange.principal = session;
    if (!session.active) return policyInactive;
    stripFrom(exchange, places, place);
    return session;
  };
}

/** RFC 6750, 3.1: the scopes are named, so that a client knows what to ask its issuer for. */
function scopeMissing(requireScopes: readonly string[]): Refusal {
  if (requireScopes.length === 0) return tokenRefusals.scope_missing;
  const scopes = requireScopes.map((scope) => scope.replace(/["\\]/g, "")).join(" ");
  const challenge = `${bearer}, error="insufficient_scope", scope="${scopes}"`;
  return forbidden("scope_missing", "This token lacks a scope that is needed here.", ["WWW-Authenticate", challenge]);
}
