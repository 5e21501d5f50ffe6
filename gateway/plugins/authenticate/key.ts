import type { AuthAlternative } from "#contracts/api/auth.ts";
import type { Exchange, PluginDeps } from "#gateway/pipeline/index.ts";
import { hashOfKey } from "#gateway/session/index.ts";
import { judgeKey } from "./known-key.ts";
import type { Method, Outcome } from "./method.ts";
import { bearerPlace, headerPlace, namesOf, placesOf, stripFrom, tooLong, type Place } from "./place.ts";
import { absent, bearer, credentialTooLong } from "./refusal.ts";
import { looksLikeJwt } from "./token-shape.ts";

const everywhere: readonly Place[] = [bearerPlace, headerPlace("X-API-Key")];
const anywhere = absent("key_missing", "Send a key: Authorization: Bearer <key>, or X-API-Key: <key>.", bearer);

/**
 * Keys: a missing, unknown, inactive or expired one is 401; a key store that cannot be reached is 503, never 401. Where the
 * API takes tokens too, a text in their shape is not looked up as a key: each would cost a question to the store.
 */
export function keyMethod(
  config: NonNullable<AuthAlternative["key"]>,
  { sessions, identity }: PluginDeps,
  takesTokens: boolean,
): Method {
  const given = placesOf(config, everywhere);
  const places = takesTokens ? given.map(withoutTokens) : given;
  const missing = given === everywhere ? anywhere : absent("key_missing", `Send a key in ${namesOf(places)}.`, bearer);
  const judge = (exchange: Exchange, place: Place, session: Parameters<typeof judgeKey>[1]): Outcome => {
    const outcome = judgeKey(exchange, session, identity);
    if (outcome === session) stripFrom(exchange, places, place);
    return outcome;
  };
  return {
    isKey: true,
    missing,
    identify(exchange) {
      for (const place of places) {
        const text = place.read(exchange);
        if (text === undefined) continue;
        if (text === tooLong) return credentialTooLong;
        const session = sessions.find(hashOfKey(text), exchange.nowMs);
        if (!(session instanceof Promise)) return judge(exchange, place, session);
        return session.then((found) => judge(exchange, place, found));
      }
      return missing;
    },
  };
}

/** The same place for keys alone: a token that stands there is another method's. */
function withoutTokens(place: Place): Place {
  return {
    ...place,
    read(exchange) {
      const text = place.read(exchange);
      return text === undefined || looksLikeJwt(text) ? undefined : text;
    },
  };
}
