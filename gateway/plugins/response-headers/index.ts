/**
 * Sets and removes headers of answers before the client sees them: the gateway's of every answer, its own refusals among
 * them, then the API's of the upstream's. Values may hold variables: `$key.id`.
 */
import { compileHeaderChanges, type HeaderChanges } from "#gateway/context/index.ts";
import { definePlugin, type Exchange } from "#gateway/pipeline/index.ts";

export const responseHeaders = definePlugin({
  name: "responseHeaders",
  phase: "respond",
  config: ["transform"],
  compile({ transform }, deps) {
    const [everywhere, own] = [deps.settings.headers?.response, transform?.response?.headers];
    const changes = [
      ...(everywhere ? [compileHeaderChanges(everywhere, "settings.headers.response", deps)] : []),
      ...(own ? [compileHeaderChanges(own, "transform.response.headers", deps)] : []),
    ];
    if (changes.length === 0) return undefined;
    return (exchange) => {
      for (const change of changes) exchange.responseHeaders = changed(exchange.responseHeaders, change, exchange);
      return undefined;
    };
  },
  reply(_api, deps) {
    const { settings } = deps;
    if (!settings.headers?.response) return undefined;
    const change = compileHeaderChanges(settings.headers.response, "settings.headers.response", deps);
    return (exchange, reply) => ({ ...reply, headers: changed(reply.headers, change, exchange) });
  },
});

function changed(headers: readonly string[], { drop, add }: HeaderChanges, exchange: Exchange): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2)
    if (!drop.has(headers[index]!.toLowerCase())) kept.push(headers[index]!, headers[index + 1]!);
  for (const part of typeof add === "function" ? add(exchange) : add) kept.push(part);
  return kept;
}
