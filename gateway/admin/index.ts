/**
 * Admin: /livez, /readyz and /metrics for machines, /v1 for people with the admin token. Runs in the primary, on an address
 * of its own. It must never share a port with traffic, and never answer a secret.
 */
export { startAdmin, type AdminDeps } from "./server.ts";
export { certificateDays } from "./certificate-days.ts";
export { GatewayMetrics } from "./metrics.ts";
export { UpstreamMetrics } from "./upstream-metrics.ts";
