/** Sets and removes headers of the upstream's response before the client sees it. */
import { resolvedApi } from "#contracts/api/resolved.ts";
import { definePlugin } from "#gateway/pipeline/index.ts";

export const responseHeaders = definePlugin({
  name: "responseHeaders",
  phase: "respond",
  config: resolvedApi.pick({ transform: true }),
  compile({ transform }) {
    const changes = transform?.response?.headers;
    if (!changes) return undefined;
    const drop = new Set([...changes.remove, ...Object.keys(changes.set)].map((name) => name.toLowerCase()));
    const add = Object.entries(changes.set).flat();
    return (exchange) => {
      exchange.responseHeaders = [...without(exchange.responseHeaders, drop), ...add];
      return undefined;
    };
  },
});

function without(headers: readonly string[], drop: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2)
    if (!drop.has(headers[index]!.toLowerCase())) kept.push(headers[index]!, headers[index + 1]!);
  return kept;
}
