/** Refuses a request whose announced body is too large. A body without a length is counted while it streams (upstream/). */
import { definePlugin, reject } from "#gateway/pipeline/index.ts";

export const bodyLimit = definePlugin({
  name: "bodyLimit",
  phase: "admit",
  config: ["id"],
  compile(_config, { settings }) {
    const capBytes = settings.maxRequestBodyBytes;
    const refusal = reject(413, "body_too_large", `The request's body may hold ${capBytes} bytes.`);
    return (exchange) => {
      const length = exchange.fields.get("content-length");
      return length !== undefined && Number(length) > capBytes ? refusal : undefined;
    };
  },
});
