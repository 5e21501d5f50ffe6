/**
 * Cross-origin calls (Fetch Standard, 3.2): preflights are answered before anybody is asked for a credential, since browsers
 * send none with them, and every other answer says who may read it: refusals too, or a page could not tell why it failed.
 */
import type { Cors } from "#contracts/api/cors.ts";
import type { ResolvedOperation } from "#contracts/api/resolved.ts";
import { definePlugin, type Exchange } from "#gateway/pipeline/index.ts";
import { compileOrigins } from "./origin-rule.ts";
import { compilePreflight } from "./preflight.ts";

export const cors = definePlugin({
  name: "cors",
  phase: "admit",
  config: ["cors"],
  compile(api, { operation }) {
    const settings = settingsOf(api.cors, operation);
    if (!settings) return undefined;
    const answer = compilePreflight(settings);
    return (exchange) => (isPreflight(exchange) ? answer(exchange) : undefined);
  },
  reply(api, { operation }) {
    const settings = settingsOf(api.cors, operation);
    if (!settings) return undefined;
    const fields = compileFields(settings);
    return (exchange, reply) =>
      isPreflight(exchange) ? reply : { ...reply, headers: [...reply.headers, ...fields(exchange)] };
  },
});

/** What the upstream says of origins is taken off: two answers to one question are none. */
export const corsAnswers = definePlugin({
  name: "corsAnswers",
  phase: "respond",
  config: ["cors"],
  compile(api, { operation }) {
    const settings = settingsOf(api.cors, operation);
    if (!settings) return undefined;
    const fields = compileFields(settings);
    return (exchange) => {
      const kept: string[] = [];
      const { responseHeaders } = exchange;
      for (let index = 0; index < responseHeaders.length; index += 2)
        if (!/^access-control-/i.test(responseHeaders[index]!))
          kept.push(responseHeaders[index]!, responseHeaders[index + 1]!);
      exchange.responseHeaders = [...kept, ...fields(exchange)];
      return undefined;
    };
  },
});

function settingsOf(own: Cors | undefined, operation: ResolvedOperation | undefined): Cors | undefined {
  const settings = operation?.cors ?? own;
  return settings === false ? undefined : settings;
}

function isPreflight({ method, fields }: Pick<Exchange, "method" | "fields">): boolean {
  return (
    method === "OPTIONS" &&
    fields.get("access-control-request-method") !== undefined &&
    fields.get("origin") !== undefined
  );
}

/** Fields of an answer that is no preflight's. */
function compileFields(settings: Cors): (exchange: Exchange) => readonly string[] {
  const allow = compileOrigins(settings.origins);
  // Where the answer depends on who asks, a cache must know (Fetch Standard, 3.2.5).
  const varies = settings.origins.includes("*") ? [] : ["Vary", "Origin"];
  const rest = [
    ...varies,
    ...(settings.credentials ? ["Access-Control-Allow-Credentials", "true"] : []),
    ...(settings.exposeHeaders.length > 0 ? ["Access-Control-Expose-Headers", settings.exposeHeaders.join(", ")] : []),
  ];
  return ({ fields }) => {
    const origin = fields.get("origin");
    const allowed = origin === undefined ? undefined : allow(origin);
    return allowed === undefined ? varies : ["Access-Control-Allow-Origin", allowed, ...rest];
  };
}
