/**
 * Rates and quotas of operation, key, grant and API, drawn together: one token of each or none of any, so that a refused
 * call consumes nothing. Answers carry RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10).
 */
import { resolvedApi } from "#contracts/api/resolved.ts";
import type { Allowance, LimitRefusal } from "#gateway/limit/index.ts";
import { definePlugin, type Exchange, type Reply } from "#gateway/pipeline/index.ts";
import { limitFields, limitReply } from "./limit-fields.ts";

const NONE: readonly Allowance[] = Object.freeze([]);

export const limits = definePlugin({
  name: "limits",
  phase: "limit",
  config: resolvedApi.pick({ id: true, rate: true, auth: true }),
  compile({ id, rate, auth }, { operation, limits: book, settings }) {
    const own: Allowance[] = [];
    if (operation?.rate) own.push(book.allowance("rate", `api:${id}:${operation.id}`, operation.rate));
    if (rate) own.push(book.allowance("rate", `api:${id}`, rate));
    if (own.length === 0 && auth.anyOf.length === 0) return undefined;
    const legacy = settings.legacyRateLimitHeaders;
    const conclude = (
      exchange: Exchange,
      keyed: readonly Allowance[],
      refusal: LimitRefusal | undefined,
    ): Reply | undefined => {
      if (refusal) return limitReply(refusal.allowance, refusal.retryAfterMs, legacy);
      exchange.limitFields = limitFields(keyed.length > 0 ? keyed : own, legacy);
      return undefined;
    };
    return (exchange) => {
      const keyed = exchange.principal?.grants.get(id)?.allowances ?? NONE;
      if (keyed.length === 0 && own.length === 0) return undefined;
      const drawn = book.draw(keyed, own, exchange.nowMs);
      if (drawn instanceof Promise) return drawn.then((refusal) => conclude(exchange, keyed, refusal));
      return conclude(exchange, keyed, drawn);
    };
  },
});
