import { UpstreamError, type OutboundHandler, type OutboundRequest, type OutboundStream } from "./outbound.ts";
import { StalledAnswers, type Stallable } from "./stalled-answers.ts";

export interface LineLimits {
  /** Requests that wait for a place at an upstream. */
  waiting: number;
  /** Milliseconds that each waits. */
  waitMs: number;
}

/** Places that were given up come free as their sockets close: nobody else is sent away before that. */
const AGAIN_MS = 20;

/**
 * Requests for which an upstream has no place, in their order. While any waits, clients that do not take their answers make room.
 */
export class WaitingLine<T extends Stallable> {
  readonly stalled = new StalledAnswers<T>();
  readonly #limits: LineLimits;
  readonly #waiting = new Set<WaitingRequest>();
  #makingRoom: NodeJS.Timeout | undefined = undefined;

  constructor(limits: LineLimits) {
    this.#limits = limits;
  }

  wait(request: OutboundRequest, handler: OutboundHandler): OutboundStream {
    const waiting = new WaitingRequest(request, handler, this.#limits.waitMs, this.#waiting);
    if (this.#waiting.size > this.#limits.waiting) waiting.refuse("Too many requests wait for this upstream.");
    if (this.#makingRoom === undefined) this.#makeRoom();
    return waiting;
  }

  /** The one that has waited longest; it is out of the line once it takes a stream. */
  first(): WaitingRequest | undefined {
    // Asked first, since an iterator over nothing would be made for every answer.
    return this.#waiting.size === 0 ? undefined : this.#waiting.values().next().value;
  }

  #makeRoom(): void {
    const nowMs = performance.now();
    let wanted = this.#waiting.size;
    while (wanted > 0 && this.stalled.giveUpOne(nowMs)) wanted -= 1;
    const nextMs = this.#waiting.size === 0 ? undefined : this.stalled.nextInMs(nowMs);
    this.#makingRoom =
      nextMs === undefined ? undefined : setTimeout(() => this.#makeRoom(), Math.max(nextMs, AGAIN_MS)).unref();
  }
}

/** A request without a place yet. Once it has one, what is asked of it is asked of the stream there. */
export class WaitingRequest implements OutboundStream {
  readonly isShared = false;
  readonly request: OutboundRequest;
  readonly handler: OutboundHandler;
  readonly #line: Set<WaitingRequest>;
  readonly #timer: NodeJS.Timeout;
  #stream: OutboundStream | undefined = undefined;

  constructor(request: OutboundRequest, handler: OutboundHandler, limitMs: number, line: Set<WaitingRequest>) {
    this.request = request;
    this.handler = handler;
    this.#line = line;
    line.add(this);
    this.#timer = setTimeout(() => this.refuse("No connection to the upstream came free in time."), limitMs);
  }

  take(stream: OutboundStream): void {
    this.#leave();
    this.#stream = stream;
  }

  refuse(message: string): void {
    this.#leave();
    // Not within dispatch: its caller has not got the stream yet.
    queueMicrotask(() => this.handler.onError(new UpstreamError("busy", message)));
  }

  write(chunk: Buffer): boolean {
    return this.#stream!.write(chunk);
  }
  end(trailers?: readonly string[]): void {
    this.#stream!.end(trailers);
  }
  pause(): void {
    this.#stream?.pause();
  }
  resume(): void {
    this.#stream?.resume();
  }
  abort(): void {
    this.#leave();
    this.#stream?.abort();
  }

  #leave(): void {
    clearTimeout(this.#timer);
    this.#line.delete(this);
  }
}
