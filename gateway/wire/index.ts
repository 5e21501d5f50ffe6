/**
 * Wire: HTTP as bytes, towards clients and towards upstreams. It must not know APIs, plugins or configuration, and it must
 * refuse what two readers could read differently.
 */
export { Fields } from "./fields.ts";
export type { BodySink, ClientWatch, Inbound, RespondOptions } from "./inbound.ts";
export type { Pace, SlowSide } from "./pace.ts";
export {
  UpstreamError,
  type AnswerStart,
  type OutboundHandler,
  type OutboundPool,
  type OutboundRequest,
  type OutboundStream,
  type UpstreamErrorKind,
} from "./outbound.ts";
export { Malformed } from "./h1/malformed.ts";
export { ServerConnection, type ServerHooks, type ServerTimes } from "./h1/server-connection.ts";
export { ServerSession } from "./h2/server-session.ts";
export { ClientSessionPool } from "./h2/client-session-pool.ts";
export { ClientPool } from "./h1/client-pool.ts";
