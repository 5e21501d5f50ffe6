/**
 * Rates and quotas of operation, key, grant and API, and those by what callers carry, drawn together: one token of each or
 * none of any, so that a refused call consumes nothing. Where it is throttled, a call over a rate waits for its turn.
 * Answers carry RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10).
 */
import type { Throttle } from "#contracts/api/limits.ts";
import { spikeWindow, type Allowance, type LimitBook, type LimitRefusal } from "#gateway/limit/index.ts";
import { definePlugin, type Exchange, type PluginDeps, type Reply } from "#gateway/pipeline/index.ts";
import { compileCustomLimit, type CustomDraw } from "./custom-limits.ts";
import { limitFields, limitReply } from "./limit-fields.ts";

const NONE: readonly Allowance[] = Object.freeze([]);
type Limits = Pick<PluginDeps["operation"] & object, "rate" | "quota" | "spikeArrest" | "limits">;

export const limits = definePlugin({
  name: "limits",
  phase: "limit",
  config: ["id", "auth", "rate", "quota", "spikeArrest", "throttle", "limits"],
  compile(api, deps) {
    const { operation, version, limits: book, settings } = deps;
    // What a version says of its own is counted for it alone; what it has of its API is one count over all versions.
    const whose = (member: string) => (version?.own.has(member) ? `${api.id}@${version.name}` : api.id);
    const ofApi = (member: string) => `api:${whose(member)}`;
    const ofOperation = () => `operation:${whose("operations")}:${operation!.id}`;
    const own = [...(operation ? allowancesOf(operation, ofOperation, book) : []), ...allowancesOf(api, ofApi, book)];
    const custom = [
      ...(operation ? customOf(operation, ofOperation(), deps) : []),
      ...customOf(api, ofApi("limits"), deps),
    ];
    if (own.length === 0 && custom.length === 0 && api.auth.anyOf.length === 0) return undefined;
    const throttle = operation?.throttle ?? api.throttle ?? null;
    const legacy = settings.legacyRateLimitHeaders;
    const conclude = (
      exchange: Exchange,
      keyed: readonly Allowance[],
      shared: readonly Allowance[],
      refusal: LimitRefusal | undefined,
    ): Reply | undefined => {
      if (refusal) return limitReply(refusal.allowance, refusal.retryAfterMs, legacy);
      exchange.limitFields = limitFields(keyed.length > 0 ? keyed : shared, legacy);
      return undefined;
    };
    return (exchange) => {
      const { principal } = exchange;
      const keyed = principal?.grants.get(api.id)?.allowances ?? NONE;
      const shared = custom.length === 0 ? own : withCustom(own, custom, exchange);
      if (isReply(shared)) return shared;
      if (keyed.length === 0 && shared.length === 0) return undefined;
      const waits = throttle ?? principal?.throttle ?? null;
      const drawn =
        waits === null
          ? book.draw(keyed, shared, exchange.nowMs)
          : book.drawInTurn(keyed, shared, turnOf(exchange, waits, deps), exchange.nowMs);
      if (drawn instanceof Promise) return drawn.then((refusal) => conclude(exchange, keyed, shared, refusal));
      return conclude(exchange, keyed, shared, drawn);
    };
  },
});

function allowancesOf(
  { rate, quota, spikeArrest }: Limits,
  idOf: (member: string) => string,
  book: LimitBook,
): Allowance[] {
  const allowances: Allowance[] = [];
  if (rate) allowances.push(book.allowance("rate", idOf("rate"), rate));
  if (quota) allowances.push(book.allowance("quota", idOf("quota"), quota));
  if (spikeArrest) allowances.push(book.allowance("rate", `spike:${idOf("spikeArrest")}`, spikeWindow(spikeArrest)));
  return allowances;
}

function customOf({ limits }: Limits, id: string, deps: PluginDeps): CustomDraw[] {
  return (limits ?? []).map((limit, index) => compileCustomLimit(limit, `${id}:${index}`, deps));
}

function withCustom(own: readonly Allowance[], custom: readonly CustomDraw[], exchange: Exchange): Allowance[] | Reply {
  const all = [...own];
  for (const draw of custom) {
    const drawn = draw(exchange);
    if (isReply(drawn)) return drawn;
    all.push(...drawn);
  }
  return all;
}

function isReply(drawn: readonly Allowance[] | Reply): drawn is Reply {
  return "status" in drawn;
}

function turnOf(exchange: Exchange, { queue, waitUpTo }: Throttle, deps: PluginDeps) {
  return {
    caller: exchange.principal?.keyId ?? deps.identity.clientAddressOf(exchange),
    queue,
    waitUpToMs: waitUpTo,
    isGone: () => exchange.settled,
  };
}
