/**
 * Serve: the door for traffic. Takes requests off `node:http`, finds their plan, runs it and writes the answer; counts what
 * is in flight and drains. It must not know where the configuration comes from, and never parses leniently.
 */
export { TrafficServer, type TrafficServerOptions } from "./traffic-server.ts";
export type { ClientFigures } from "./client-figures.ts";
export { buildRoutes, type Routes } from "./routes.ts";
