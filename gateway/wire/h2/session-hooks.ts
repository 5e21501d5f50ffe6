import type { Malformed } from "../h1/malformed.ts";
import type { Inbound } from "../inbound.ts";
import type { Pace } from "../pace.ts";

/** Milliseconds that a client may take on one stream; see `ServerTimes`. */
export interface StreamTimes {
  bodyIdleMs: number;
  stalledMs: number;
  /** For a request that was answered before its end, to end. */
  lingerMs: number;
}

export interface SessionTimes extends StreamTimes {
  /** Without a stream, whatever else comes. */
  idleMs: number;
  /** From the connection's beginning to its first request, when no more are wanted. */
  firstMs: number;
}

export interface SessionHooks {
  times: SessionTimes;
  pace: Pace;
  maxHeadBytes: number;
  onRequest(inbound: Inbound): void;
  /** What came is no request, or no HTTP/2: answered, or the session ended, by the session itself. */
  onMalformed(problem: Malformed): void;
}
