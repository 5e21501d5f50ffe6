/** Refuses an operation that its API blocks. */
import { resolvedApi } from "#contracts/api/resolved.ts";
import { definePlugin, reject } from "#gateway/pipeline/index.ts";

export const operationBlock = definePlugin({
  name: "operationBlock",
  phase: "admit",
  config: resolvedApi.pick({ operations: true }),
  compile(_config, { operation }) {
    if (!operation?.block) return undefined;
    const refusal = reject(403, "operation_blocked", "This operation is blocked.");
    return () => refusal;
  },
});
