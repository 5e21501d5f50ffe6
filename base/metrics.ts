import { Counter, Gauge, Registry, collectDefaultMetrics } from "prom-client";

export { Counter, Gauge, Registry };

/** One registry a process, with Node's own metrics. Each room declares its names in its `metrics.ts`. */
export function createRegistry(defaults = true): Registry {
  const registry = new Registry();
  if (defaults) collectDefaultMetrics({ register: registry });
  return registry;
}
