/** Sets and removes headers of the request before it goes upstream. Values may hold variables: `$key.id`. */
import { resolvedApi } from "#contracts/api/resolved.ts";
import { compileHeaderChanges } from "#gateway/context/index.ts";
import { definePlugin, withEdit, type HeaderEdit } from "#gateway/pipeline/index.ts";

export const requestHeaders = definePlugin({
  name: "requestHeaders",
  phase: "shape",
  config: resolvedApi.pick({ transform: true }),
  compile({ transform }, deps) {
    const changes = transform?.request?.headers;
    if (!changes) return undefined;
    const { drop, add } = compileHeaderChanges(changes, "transform.request.headers", deps);
    if (typeof add === "function")
      return (exchange) => {
        exchange.requestEdit = withEdit(exchange.requestEdit, { drop, add: add(exchange) });
        return undefined;
      };
    const edit: HeaderEdit = { drop, add };
    return (exchange) => {
      exchange.requestEdit = withEdit(exchange.requestEdit, edit);
      return undefined;
    };
  },
});
