/** Refuses callers by address, before anything is asked of them: denied wins over allowed. */
import { inRanges, parseRanges } from "#base/address-ranges.ts";
import { definePlugin, reject } from "#gateway/pipeline/index.ts";

export const ipAccess = definePlugin({
  name: "ipAccess",
  phase: "admit",
  config: ["ip"],
  compile({ ip }, { identity }) {
    if (!ip?.allow && !ip?.deny) return undefined;
    const allow = ip.allow ? parseRanges(ip.allow) : null;
    const deny = ip.deny ? parseRanges(ip.deny) : null;
    const refusal = reject(403, "ip_not_allowed", "Calls from this address are not allowed.");
    return (exchange) => {
      const address = identity.clientAddressOf(exchange);
      // A caller whose address cannot be told is in no range that was allowed, and might be in one that was denied.
      if (address === "" || (deny !== null && inRanges(deny, address))) return refusal;
      return allow === null || inRanges(allow, address) ? undefined : refusal;
    };
  },
});
