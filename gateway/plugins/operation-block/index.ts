/** Refuses an operation that its API blocks. */
import { definePlugin, reject } from "#gateway/pipeline/index.ts";

export const operationBlock = definePlugin({
  name: "operationBlock",
  phase: "admit",
  config: ["operations"],
  compile(_config, { operation }) {
    if (!operation?.block) return undefined;
    const refusal = reject(403, "operation_blocked", "This operation is blocked.");
    return () => refusal;
  },
});
