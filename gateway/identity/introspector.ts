import type { Clock } from "#base/clock.ts";
import type { Lru } from "#base/lru.ts";
import type { Secrets } from "#gateway/secrets/index.ts";
import type { Identity } from "#gateway/session/index.ts";
import type { Claims } from "./caller.ts";
import type { Failure } from "./failure.ts";
import { AnswerStatusError, type Outbound } from "./outbound.ts";
import { bindingOf, cacheName, type VerifiedToken } from "./verified-token.ts";

export interface Introspection {
  url: string;
  clientId: string;
  clientSecret: string;
  cacheFor: number;
  negativeFor: number;
  staleFor: number;
  audience?: readonly string[] | undefined;
}

export interface IntrospectorOptions {
  /** Tells apart introspectors that share a cache. */
  name: string;
  introspection: Introspection;
  outbound: Outbound;
  secrets: Secrets;
  clock: Clock;
  cache: Lru<string, Introspected>;
  callerOf(claims: Claims): Identity | Failure;
}

/** What the endpoint last said of a token. */
export interface Introspected {
  token: VerifiedToken | "token_inactive";
  freshUntilMs: number;
  /** Until then it serves where the endpoint cannot be reached. */
  staleUntilMs: number;
}

/** Questions under way; past it a token that is not known is answered as `issuer_unreachable`, so that a flood cannot pile up. */
const MAX_QUESTIONS = 500;
/** After a failure the endpoint is left alone for so long: those who come meanwhile are answered at once. */
const AFTER_FAILURE_MS = 1_000;

/** Asks the server that issued a token what it is worth (RFC 7662), once for all who bring it at the same time. */
export class Introspector {
  readonly #options: IntrospectorOptions;
  readonly #questions = new Map<string, Promise<VerifiedToken | Failure>>();
  #failedAtMs = -Infinity;

  constructor(options: IntrospectorOptions) {
    this.#options = options;
  }

  verify(token: string, nowMs: number): VerifiedToken | Failure | Promise<VerifiedToken | Failure> {
    const name = cacheName(token, this.#options.name);
    const known = this.#options.cache.get(name);
    if (known !== undefined && nowMs < known.freshUntilMs) return known.token;
    const under = this.#questions.get(name);
    if (under) return under;
    if (this.#questions.size >= MAX_QUESTIONS || nowMs < this.#failedAtMs + AFTER_FAILURE_MS)
      return staleOf(known, nowMs);
    const question = this.#ask(token, name, nowMs)
      .catch((error: unknown) => {
        // What a made-up token brings about must not keep the others waiting.
        if (!isAboutOneToken(error)) this.#failedAtMs = this.#options.clock.now();
        return staleOf(known, nowMs);
      })
      .finally(() => this.#questions.delete(name));
    this.#questions.set(name, question);
    return question;
  }

  async #ask(token: string, name: string, nowMs: number): Promise<VerifiedToken | Failure> {
    const { introspection, outbound, secrets, cache } = this.#options;
    const secret = secrets.read(introspection.clientSecret);
    if (secret === undefined) return "secret_unavailable";
    const answer = await outbound.fetchJson(introspection.url, {
      method: "POST",
      headers: {
        authorization: basicOf(introspection.clientId, secret),
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ token, token_type_hint: "access_token" }).toString(),
    });
    const claims = answer as Claims | null;
    // An answer without `active` is no answer about the token (RFC 7662, 2.2).
    if (typeof claims?.active !== "boolean")
      throw new NoIntrospection(`${introspection.url}: no introspection response`);
    const found = this.#read(claims, nowMs);
    cache.set(name, found);
    return found.token;
  }

  #read(claims: Claims, nowMs: number): Introspected {
    const { cacheFor, negativeFor, staleFor, audience } = this.#options.introspection;
    const endMs = typeof claims.exp === "number" ? claims.exp * 1_000 : Infinity;
    const startMs = typeof claims.nbf === "number" ? claims.nbf * 1_000 : -Infinity;
    if (!claims.active || endMs <= nowMs || startMs > nowMs)
      return { token: "token_inactive", freshUntilMs: nowMs + negativeFor, staleUntilMs: nowMs + negativeFor };
    const isForUs = audience === undefined || [claims.aud].flat().some((name) => audience.includes(name as string));
    const caller = isForUs ? this.#options.callerOf(named(claims)) : "token_audience";
    const token = { claims, caller, validUntilMs: endMs, version: 1, boundTo: bindingOf(claims) };
    const freshUntilMs = Math.min(endMs, nowMs + cacheFor);
    return { token, freshUntilMs, staleUntilMs: Math.min(endMs, freshUntilMs + staleFor) };
  }
}

/** An answer that says nothing of its token. */
class NoIntrospection extends Error {}

/** Statuses of a question that is not understood or too long: the next one may be. */
const OF_THE_QUESTION: ReadonlySet<number> = new Set([400, 413, 414, 422]);

/** The endpoint is there: it had no use for this token, or no answer of use about it. */
function isAboutOneToken(error: unknown): boolean {
  return error instanceof NoIntrospection || (error instanceof AnswerStatusError && OF_THE_QUESTION.has(error.status));
}

function staleOf(known: Introspected | undefined, nowMs: number): VerifiedToken | Failure {
  return known !== undefined && nowMs < known.staleUntilMs ? known.token : "issuer_unreachable";
}

/** `sub` is optional there (RFC 7662, 2.2): a token of a program itself names its client alone. */
function named(claims: Claims): Claims {
  return { ...claims, sub: claims.sub ?? claims.username ?? claims.client_id };
}

/** RFC 6749, 2.3.1: both parts are form-encoded before they are joined. */
function basicOf(user: string, password: string): string {
  const encode = (text: string) => new URLSearchParams([["", text]]).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(user)}:${encode(password)}`).toString("base64")}`;
}
