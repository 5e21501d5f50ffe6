/**
 * Authenticates by key. A key that is missing, unknown, inactive or expired is 401; a key store that cannot be reached is
 * 503, never 401. The credential is taken off what goes upstream: an upstream that logs its headers must not collect keys.
 */
import { resolvedApi } from "#contracts/api/resolved.ts";
import { definePlugin, reject, type Exchange, type Reply } from "#gateway/pipeline/index.ts";
import { hashOfKey, type Session } from "#gateway/session/index.ts";
import { readKey, type KeyPlace } from "./read-key.ts";

const challenge = ["WWW-Authenticate", 'Bearer realm="causeway"'] as const;
const invalid = ["WWW-Authenticate", 'Bearer realm="causeway", error="invalid_token"'] as const;
const missing = reject(401, "key_missing", "Send a key: Authorization: Bearer <key>, or X-API-Key: <key>.", challenge);
const unknown = reject(401, "key_unknown", "This key is not known.", invalid);
const inactive = reject(401, "key_inactive", "This key is not active.", invalid);
const expired = reject(401, "key_expired", "This key has expired.", invalid);
const unreachable = reject(503, "store_unreachable", "The key cannot be checked right now.", ["Retry-After", "1"]);

export const keyAuth = definePlugin({
  name: "keyAuth",
  phase: "authenticate",
  config: resolvedApi.pick({ auth: true }),
  compile({ auth }, { sessions }) {
    const places: KeyPlace[] = auth.anyOf.flatMap((alternative) => (alternative.key ? [alternative.key] : []));
    if (places.length === 0) return undefined;
    const noKey = places.some((place) => !place.header && !place.query) ? missing : missingAt(places);
    return (exchange) => {
      const text = readKey(exchange, places);
      if (text === undefined) return noKey;
      const session = sessions.find(hashOfKey(text), exchange.nowMs);
      return session instanceof Promise ? session.then((found) => admit(exchange, found)) : admit(exchange, session);
    };
  },
});

function admit(exchange: Exchange, session: Session | null | undefined): Reply | undefined {
  if (session === undefined) return unreachable;
  if (session === null) return unknown;
  // Known from here on: the record names the key even where the call is refused.
  exchange.principal = session;
  if (!session.active) return inactive;
  return session.expiresAtMs <= exchange.nowMs ? expired : undefined;
}

function missingAt(places: KeyPlace[]): Reply {
  const names = places.map((place) =>
    place.header ? `the header ${place.header}` : `the query parameter ${place.query}`,
  );
  return reject(401, "key_missing", `Send a key in ${names.join(" or ")}.`, challenge);
}
