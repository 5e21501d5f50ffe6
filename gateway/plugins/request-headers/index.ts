/**
 * Sets and removes headers of the request before it goes upstream: the gateway's first, then the API's. Values may hold
 * variables: `$key.id`.
 */
import { compileHeaderChanges, type HeaderChanges } from "#gateway/context/index.ts";
import { definePlugin, withEdit, type HeaderEdit, type Identified } from "#gateway/pipeline/index.ts";

export const requestHeaders = definePlugin({
  name: "requestHeaders",
  phase: "shape",
  config: ["transform"],
  compile({ transform }, deps) {
    const [everywhere, own] = [deps.settings.headers?.request, transform?.request?.headers];
    const first = everywhere && compileHeaderChanges(everywhere, "settings.headers.request", deps);
    const second = own && compileHeaderChanges(own, "transform.request.headers", deps);
    if (first && second) return editWith([first, second]);
    const only = first ?? second;
    return only && editWith([only]);
  },
});

/** What needs nothing of the call is one edit, made at load. */
function editWith(changes: readonly HeaderChanges[]) {
  const fixed = changes.flatMap(({ drop, add }) => (typeof add === "function" ? [] : { drop, add }));
  const edit = fixed.length === changes.length ? fixed.reduce<HeaderEdit | undefined>(withEdit, undefined) : undefined;
  return (exchange: Identified): undefined => {
    if (edit !== undefined) exchange.requestEdit = withEdit(exchange.requestEdit, edit);
    else
      for (const { drop, add } of changes)
        exchange.requestEdit = withEdit(exchange.requestEdit, {
          drop,
          add: typeof add === "function" ? add(exchange) : add,
        });
    return undefined;
  };
}
