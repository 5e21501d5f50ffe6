/** What is expected of a client that sends a body, or has an answer to take. Read at each wait, so it may change. */
export interface Pace {
  /** 0: no pace is too slow. */
  bytesPerSecond: number;
  /** Before it is looked at. */
  graceMs: number;
}

/** What kept an exchange waiting: the client's sending, or its taking. */
export type SlowSide = "request" | "response";
