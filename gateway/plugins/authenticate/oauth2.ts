import type { OAuth2Auth } from "#contracts/api/token-auth.ts";
import type { Exchange, PluginDeps } from "#gateway/pipeline/index.ts";
import type { Failure, IssuedToken, IssuedTokens } from "#gateway/identity/index.ts";
import { judgeKey } from "./known-key.ts";
import type { Method, Outcome } from "./method.ts";
import { stripFrom, tooLong, type Place } from "./place.ts";
import { credentialTooLong, tokenRefusals } from "./refusal.ts";
import { tokenJudge, tokenMethod, tokenMissing, tokenPlacesOf } from "./token.ts";

/** Tokens that the gateway issued to its keys, tokens that another server knows, or both. */
export function oauth2Method(api: string, config: OAuth2Auth, deps: PluginDeps): Method {
  const { introspection, issue } = config;
  const introspector = introspection && deps.identity.introspector(api, { ...config, introspection });
  // The contract asks for one of the two.
  if (!issue) return tokenMethod(config, introspector!, deps);
  const issued = deps.identity.issuedTokens(api, issue);
  const places = tokenPlacesOf(config);
  const missing = tokenMissing(places);
  const holder = holderOf(places, issued, deps);
  const judge = tokenJudge(config, places, deps);
  return {
    isKey: true,
    missing,
    identify(exchange) {
      for (const place of places) {
        const token = place.read(exchange);
        if (token === undefined) continue;
        if (token === tooLong) return credentialTooLong;
        if (!introspector || issued.isOurs(token)) return holder(exchange, place, token);
        const verified = introspector.verify(token, exchange.nowMs);
        if (!(verified instanceof Promise)) return judge(exchange, place, verified);
        return verified.then((outcome) => judge(exchange, place, outcome));
      }
      return missing;
    },
  };
}

/** The key that a token of our own stands for, asked at every call: a revoked key ends its tokens. */
function holderOf(places: readonly Place[], issued: IssuedTokens, { sessions, identity }: PluginDeps) {
  return (exchange: Exchange, place: Place, token: string): Outcome | Promise<Outcome> => {
    const judge = (verified: IssuedToken | Failure): Outcome | Promise<Outcome> => {
      if (typeof verified === "string") return tokenRefusals[verified];
      const session = sessions.find(verified.keyHash, exchange.nowMs);
      const conclude = (found: Parameters<typeof judgeKey>[1]): Outcome => {
        const outcome = judgeKey(exchange, found, identity);
        if (outcome === found) stripFrom(exchange, places, place);
        return outcome;
      };
      return session instanceof Promise ? session.then(conclude) : conclude(session);
    };
    const verified = issued.verify(token, exchange.nowMs);
    return verified instanceof Promise ? verified.then(judge) : judge(verified);
  };
}
