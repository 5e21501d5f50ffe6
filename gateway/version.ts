import { TAKES_SETTINGS } from "#contracts/revision/snapshot.ts";

/** The gateway's version, as it tells control planes. */
export const GATEWAY_VERSION = "0.1.0";
/** What this node can do beyond the link's first version; a control plane compiles snapshots to it. */
export const CAPABILITIES: readonly string[] = Object.freeze([
  "key-auth",
  "rate",
  "quota",
  "rewrite",
  "headers",
  TAKES_SETTINGS,
]);
