/** Rewrites the path that goes upstream, by templates: the first whose `from` fits. The query is not touched. */
import { definePlugin, reject } from "#gateway/pipeline/index.ts";
import {
  fillTemplate,
  matchTemplate,
  namesOf,
  normalisePath,
  parseTemplate,
  type Template,
} from "#gateway/route/index.ts";

const unfit = reject(400, "bad_request_target", "The request's path does not become one that can be served.");

export const rewrite = definePlugin({
  name: "rewrite",
  phase: "shape",
  config: ["transform"],
  compile({ transform }) {
    const rules = (transform?.request?.rewrite ?? []).map(({ from, to }) => ruleOf(from, to));
    if (rules.length === 0) return undefined;
    return (exchange) => {
      for (const { from, to } of rules) {
        const values = matchTemplate(from, exchange.innerPath);
        if (!values) continue;
        // Values beside each other, or beside a dot of the template, may make a dot segment that was none before.
        const path = normalisePath(fillTemplate(to, values));
        if (path === undefined) return unfit;
        exchange.upstreamPath = path;
        return undefined;
      }
      return undefined;
    };
  },
});

function ruleOf(fromText: string, toText: string): { from: Template; to: Template } {
  const [from, to] = [parseTemplate(fromText), parseTemplate(toText.replace(/[^!-~]+/g, encodeURIComponent))];
  const known = new Set(namesOf(from));
  const stranger = namesOf(to).find((name) => !known.has(name));
  if (stranger !== undefined)
    throw new Error(`transform.request.rewrite: {${stranger}} of ${toText} is not in ${fromText}`);
  return { from, to };
}
