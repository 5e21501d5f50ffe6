import type { Exchange } from "#gateway/pipeline/index.ts";
import type { Session } from "#gateway/session/index.ts";
import type { Identities } from "#gateway/identity/index.ts";
import type { Outcome } from "./method.ts";
import { certificateMismatch, refused, unreachable } from "./refusal.ts";

const unknown = refused("key_unknown", "This key is not known.");
const inactive = refused("key_inactive", "This key is not active.");
const expired = refused("key_expired", "This key has expired.");
const cannotAsk = unreachable("store_unreachable", "The key cannot be checked right now.");

/** What a key's session allows at this moment. `null`: unknown; `undefined`: the store could not be reached. */
export function judgeKey(exchange: Exchange, session: Session | null | undefined, identity: Identities): Outcome {
  if (session === undefined) return cannotAsk;
  if (session === null) return unknown;
  // Known from here on: the record names the key even where the call is refused.
  exchange.principal = session;
  if (!session.active) return inactive;
  if (session.expiresAtMs <= exchange.nowMs) return expired;
  if (session.boundCertificate === undefined) return session;
  const peer = identity.peerCertificate(exchange.connection.tls);
  return peer?.fingerprint === session.boundCertificate ? session : certificateMismatch;
}
