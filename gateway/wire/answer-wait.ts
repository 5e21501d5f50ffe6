import type { Socket } from "node:net";
import type { Pace } from "./pace.ts";

/** How long an answer waits for a client to take it: looked at after each grace, and not in between. */
export class AnswerWait {
  readonly #pace: Pace;
  #untilMs = 0;
  #sinceMs = 0;
  #taken = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** `taken`: so far. When to look, at most `mostMs` from now. */
  begin(nowMs: number, taken: number, mostMs: number): number {
    this.#untilMs = nowMs + mostMs;
    return this.#next(nowMs, taken);
  }

  /** When to look again. Undefined: it takes too long. `waiting` answers share what was taken. */
  look(nowMs: number, taken: number, waiting = 1): number | undefined {
    if (nowMs >= this.#untilMs) return undefined;
    const wanted = (this.#pace.bytesPerSecond * waiting * (nowMs - this.#sinceMs)) / 1_000;
    return taken - this.#taken < wanted ? undefined : this.#next(nowMs, taken);
  }

  #next(nowMs: number, taken: number): number {
    const { bytesPerSecond, graceMs } = this.#pace;
    this.#sinceMs = nowMs;
    this.#taken = taken;
    return bytesPerSecond === 0 ? this.#untilMs : Math.min(this.#untilMs, nowMs + graceMs);
  }
}

/**
 * Bytes that a client, or its system, has taken. Node tells of a write only when the whole of it is through, and a client at a
 * kilobyte a second needs a minute for one; how much of it still waits stands in the handle alone, under TLS in the plain one.
 */
export function takenBytes(socket: Socket): number {
  const { _parent, _handle } = socket as Queueing;
  return socket.bytesWritten - ((_parent?._handle ?? _handle)?.writeQueueSize ?? 0);
}

interface Queueing extends Socket {
  _handle?: { writeQueueSize: number } | null;
  _parent?: Queueing | null;
}
