/** Sets and removes headers of the upstream's response before the client sees it. Values may hold variables: `$key.id`. */
import { resolvedApi } from "#contracts/api/resolved.ts";
import { compileHeaderChanges } from "#gateway/context/index.ts";
import { definePlugin } from "#gateway/pipeline/index.ts";

export const responseHeaders = definePlugin({
  name: "responseHeaders",
  phase: "respond",
  config: resolvedApi.pick({ transform: true }),
  compile({ transform }, deps) {
    const changes = transform?.response?.headers;
    if (!changes) return undefined;
    const { drop, add } = compileHeaderChanges(changes, "transform.response.headers", deps);
    return (exchange) => {
      const added = typeof add === "function" ? add(exchange) : add;
      exchange.responseHeaders = [...without(exchange.responseHeaders, drop), ...added];
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
