/** Tells callers of a version when it was deprecated and when it goes away, in every answer: refusals too. */
import { definePlugin, versionFields, type PluginDeps } from "#gateway/pipeline/index.ts";

export const versionNotice = definePlugin({
  name: "versionNotice",
  phase: "respond",
  config: ["id"],
  compile(_config, { version }) {
    const fields = fieldsFor(version);
    if (fields.length === 0) return undefined;
    return (exchange) => {
      const kept: string[] = [];
      const { responseHeaders } = exchange;
      for (let index = 0; index < responseHeaders.length; index += 2)
        // What the upstream says of it is taken off: an answer has one date of each kind. Links may be many.
        if (!/^(deprecation|sunset)$/i.test(responseHeaders[index]!))
          kept.push(responseHeaders[index]!, responseHeaders[index + 1]!);
      exchange.responseHeaders = [...kept, ...fields];
      return undefined;
    };
  },
  reply(_config, { version }) {
    const fields = fieldsFor(version);
    if (fields.length === 0) return undefined;
    return (_exchange, reply) => ({ ...reply, headers: [...reply.headers, ...fields] });
  },
});

function fieldsFor(version: PluginDeps["version"]): readonly string[] {
  return version === undefined ? [] : Object.freeze(versionFields(version.settings));
}
