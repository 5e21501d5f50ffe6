/** Whether the key opens this API and this operation or path: known but not allowed is 403. */
import { definePlugin, reject } from "#gateway/pipeline/index.ts";
import { opensPath } from "#gateway/session/index.ts";

const noApi = reject(403, "api_not_allowed", "This key does not open this API.");
const noOperation = reject(403, "operation_not_allowed", "This key does not open this operation.");

export const access = definePlugin({
  name: "access",
  phase: "authorize",
  config: ["id", "auth"],
  compile({ id, auth }, { operation }) {
    if (auth.anyOf.length === 0) return undefined;
    return ({ principal, method, innerPath }) => {
      const grant = principal?.grants.get(id);
      if (grant === undefined) return noApi;
      if (grant.operations === null) return undefined;
      // A path that no operation describes is in no list of operations.
      if (operation !== undefined && grant.operations.has(operation.id)) return undefined;
      return opensPath(grant.paths, method, innerPath) ? undefined : noOperation;
    };
  },
});
