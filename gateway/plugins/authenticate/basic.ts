import { timingSafeEqual } from "node:crypto";
import type { AuthAlternative } from "#contracts/api/auth.ts";
import type { Exchange, PluginDeps } from "#gateway/pipeline/index.ts";
import { hashOfKey, type Session } from "#gateway/session/index.ts";
import { readBasic } from "./basic-credentials.ts";
import { judgeKey } from "./known-key.ts";
import type { Method, Outcome } from "./method.ts";
import { stripHeader } from "./place.ts";
import { absent, rank, Refusal, refused } from "./refusal.ts";

/** HTTP Basic (RFC 7617): the password is looked up as a key is, by its hash, and the user must be that key's id. */
export function basicMethod(
  { realm }: NonNullable<AuthAlternative["basic"]>,
  { sessions, identity }: PluginDeps,
): Method {
  const challenge = `Basic realm="${realm}", charset="UTF-8"`;
  const missing = absent("credentials_missing", "Send Authorization: Basic with a key's id and the key.", challenge);
  const malformed = refused("credentials_malformed", "Expected Basic, a space and base64 of user:password.", challenge);
  const wrong = refused("credentials_wrong", "User and password do not belong together.", challenge);
  const judge = (exchange: Exchange, user: string, session: Session | null | undefined): Outcome => {
    if (session === null) return wrong;
    // The key is known and the user is not its own: the same answer, so that nothing is learned from it.
    if (session !== undefined && !isSame(user, session.keyId)) return wrong;
    const outcome = judgeKey(exchange, session, identity);
    if (outcome === session) stripHeader(exchange, "authorization");
    return outcome instanceof Refusal && outcome.rank === rank.refused
      ? new Refusal(rank.refused, { ...outcome.reply, headers: ["WWW-Authenticate", challenge] })
      : outcome;
  };
  return {
    isKey: true,
    missing,
    identify(exchange) {
      const given = readBasic(exchange.fields.get("authorization"));
      if (given === undefined) return missing;
      if (given === "malformed") return malformed;
      const session = sessions.find(hashOfKey(given.password), exchange.nowMs);
      if (!(session instanceof Promise)) return judge(exchange, given.user, session);
      return session.then((found) => judge(exchange, given.user, found));
    },
  };
}

/** By their hashes, which have one length: the time says nothing about where they differ. */
function isSame(given: string, id: string): boolean {
  return timingSafeEqual(Buffer.from(hashOfKey(given)), Buffer.from(hashOfKey(id)));
}
