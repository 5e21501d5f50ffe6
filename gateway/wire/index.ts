/**
 * Wire: HTTP as bytes, towards clients and towards upstreams. It must not know APIs, plugins or configuration, and it must
 * refuse what two readers could read differently.
 */
export { Fields } from "./fields.ts";
