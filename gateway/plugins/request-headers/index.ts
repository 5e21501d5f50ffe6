/** Sets and removes headers of the request before it goes upstream. */
import { resolvedApi } from "#contracts/api/resolved.ts";
import { definePlugin, type HeaderEdit } from "#gateway/pipeline/index.ts";

export const requestHeaders = definePlugin({
  name: "requestHeaders",
  phase: "shape",
  config: resolvedApi.pick({ transform: true }),
  compile({ transform }) {
    const changes = transform?.request?.headers;
    if (!changes) return undefined;
    const names = [...changes.remove, ...Object.keys(changes.set)].map((name) => name.toLowerCase());
    const edit: HeaderEdit = { drop: new Set(names), add: Object.entries(changes.set).flat() };
    return (exchange) => {
      exchange.requestEdit = edit;
      return undefined;
    };
  },
});
