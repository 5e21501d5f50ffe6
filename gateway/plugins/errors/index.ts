/** The gateway's own errors in a form of somebody's choosing. What has no template stays `application/problem+json`. */
import type { ErrorTemplates } from "#contracts/api/error-templates.ts";
import { definePlugin, type Reply } from "#gateway/pipeline/index.ts";
import { compileForms, type Forms } from "./forms.ts";

export const errors = definePlugin({
  name: "errors",
  phase: "record",
  config: ["errors"],
  compile: () => undefined,
  reply(api, { settings }) {
    const levels = [api.errors, settings.errors].filter((templates) => templates !== undefined).map(compileLevel);
    if (levels.length === 0) return undefined;
    return (exchange, reply) => {
      if (reply.problem === null) return reply;
      const forms = formsFor(reply, levels);
      return forms === undefined ? reply : forms(exchange, reply, reply.problem);
    };
  },
});

function compileLevel(templates: ErrorTemplates): ReadonlyMap<string, Forms> {
  return new Map(Object.entries(templates).map(([name, template]) => [name, compileForms(template)]));
}

/** The API's templates before the gateway's, and within each the one that says most. */
function formsFor(reply: Reply, levels: readonly ReadonlyMap<string, Forms>[]): Forms | undefined {
  for (const level of levels) {
    const forms = level.get(reply.code ?? "") ?? level.get(String(reply.status)) ?? level.get("*");
    if (forms !== undefined) return forms;
  }
  return undefined;
}
