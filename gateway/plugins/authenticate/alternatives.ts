import type { Exchange } from "#gateway/pipeline/index.ts";
import type { Session } from "#gateway/session/index.ts";
import type { Method, Outcome } from "./method.ts";
import { absent, rank, Refusal } from "./refusal.ts";

/** All methods of a list hold, or the first that does not says why. One method needs nothing around it. */
export function allOf(methods: readonly Method[]): Method {
  if (methods.length === 1) return methods[0]!;
  const missing = joined(methods.map((method) => method.missing));
  const partly = new Map(methods.map((method) => [method.missing, method.missing.amongOthers()]));
  const leading = Math.max(
    0,
    methods.findIndex(({ isKey }) => isKey),
  );
  const conclude = ({ sessions, lacking }: Found): Outcome => {
    if (lacking) return sessions.length === 0 ? missing : (partly.get(lacking) ?? lacking);
    return together(sessions[leading]!, sessions);
  };
  const walk = (exchange: Exchange, from: number, found: Found): Outcome | Promise<Outcome> => {
    for (let index = from; index < methods.length; index += 1) {
      const outcome = methods[index]!.identify(exchange);
      if (outcome instanceof Promise)
        return outcome.then((late) => note(found, late) ?? walk(exchange, index + 1, found));
      const refusal = note(found, outcome);
      if (refusal) return refusal;
    }
    return conclude(found);
  };
  return {
    isKey: methods[leading]!.isKey,
    missing,
    identify: (exchange) => walk(exchange, 0, { sessions: [], lacking: undefined }),
  };
}

/** What the methods of an alternative said so far. */
interface Found {
  sessions: Session[];
  /** The first credential that is not there: the others are looked at all the same, to know what the caller meant. */
  lacking: Refusal | undefined;
}

/** A refusal that ends the alternative; an absent credential does not yet. */
function note(found: Found, outcome: Outcome): Refusal | undefined {
  if (!(outcome instanceof Refusal)) found.sessions.push(outcome);
  else if (outcome.rank !== rank.absent) return outcome;
  else found.lacking ??= outcome;
  return undefined;
}

/** Any of a list holds; where none does, the refusal that got furthest, and the first of those that got equally far. */
export function anyOf(alternatives: readonly Method[]): (exchange: Exchange) => Outcome | Promise<Outcome> {
  if (alternatives.length === 1) return (exchange) => alternatives[0]!.identify(exchange);
  const missing = joined(alternatives.map((alternative) => alternative.missing));
  const tryFrom = (exchange: Exchange, from: number, before: Refusal): Outcome | Promise<Outcome> => {
    let furthest = before;
    for (let index = from; index < alternatives.length; index += 1) {
      const outcome = alternatives[index]!.identify(exchange);
      if (outcome instanceof Promise)
        return outcome.then((found) =>
          found instanceof Refusal ? tryFrom(exchange, index + 1, further(furthest, found)) : found,
        );
      if (!(outcome instanceof Refusal)) return outcome;
      furthest = further(furthest, outcome);
    }
    return furthest;
  };
  return (exchange) => tryFrom(exchange, 0, missing);
}

function further(a: Refusal, b: Refusal): Refusal {
  return b.rank > a.rank ? b : a;
}

/** Nothing was sent: every way in is told, each with its challenge on a line of its own. */
function joined(refusals: readonly Refusal[]): Refusal {
  const challenges = new Set(refusals.flatMap(({ reply }) => reply.headers.filter((_part, index) => index % 2 === 1)));
  const first = absent("credential_missing", "Send one of the credentials that this API takes.", "");
  const headers = [...challenges].flatMap((challenge) => ["WWW-Authenticate", challenge]);
  return new Refusal(first.rank, Object.freeze({ ...first.reply, headers }));
}

/** Made anew only when the session is another: a caller's calls share one. */
const made = new WeakMap<Session, WeakMap<object, Session>>();

/** The leading session, with what a token beside it says of the caller. */
function together(leading: Session, sessions: readonly Session[]): Session {
  const claims = leading.claims ?? sessions.find((session) => session.claims !== undefined)?.claims;
  if (claims === leading.claims || claims === undefined) return leading;
  const known = made.get(leading)?.get(claims);
  if (known) return known;
  const session = Object.freeze({ ...leading, claims });
  made.set(leading, (made.get(leading) ?? new WeakMap<object, Session>()).set(claims, session));
  return session;
}
