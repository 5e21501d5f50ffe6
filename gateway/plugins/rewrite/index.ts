/** Rewrites the path that goes upstream, by templates: the first whose `from` fits. The query is not touched. */
import { resolvedApi } from "#contracts/api/resolved.ts";
import { definePlugin } from "#gateway/pipeline/index.ts";
import { fillTemplate, matchTemplate, namesOf, parseTemplate, type Template } from "#gateway/route/index.ts";

export const rewrite = definePlugin({
  name: "rewrite",
  phase: "shape",
  config: resolvedApi.pick({ transform: true }),
  compile({ transform }) {
    const rules = (transform?.request?.rewrite ?? []).map(({ from, to }) => ruleOf(from, to));
    if (rules.length === 0) return undefined;
    return (exchange) => {
      for (const { from, to } of rules) {
        const values = matchTemplate(from, exchange.innerPath);
        if (!values) continue;
        exchange.upstreamPath = fillTemplate(to, values);
        return undefined;
      }
      return undefined;
    };
  },
});

function ruleOf(fromText: string, toText: string): { from: Template; to: Template } {
  const [from, to] = [parseTemplate(fromText), parseTemplate(toText)];
  const known = new Set(namesOf(from));
  const stranger = namesOf(to).find((name) => !known.has(name));
  if (stranger !== undefined)
    throw new Error(`transform.request.rewrite: {${stranger}} of ${toText} is not in ${fromText}`);
  return { from, to };
}
