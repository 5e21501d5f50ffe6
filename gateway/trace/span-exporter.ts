import { systemClock } from "#base/clock.ts";
import type { Logger } from "#base/log.ts";
import { messageOf } from "#base/errors.ts";
import { postOtlp, type Collector } from "./post-otlp.ts";
import type { Span } from "./spans.ts";
import type { SpanSink, TracingSettings } from "./tracer.ts";

const QUEUE = 4_096;
const BATCH = 512;
const EVERY_MS = 2_000;

/**
 * Sends spans as OTLP/HTTP JSON. Our own, since the SDK for it weighs more than the gateway's pipeline and wants to hook into
 * modules: what is needed is one POST. Bounded: spans that find no room, or whose batch is refused, are dropped and counted.
 */
export class SpanExporter implements SpanSink {
  readonly #collector: Collector;
  readonly #resource: object;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #queue: Span[] = [];
  #sending: Promise<void> | undefined = undefined;
  #isTold = false;
  #dropped = 0;

  constructor({ endpoint, headers, serviceName }: TracingSettings, node: string, log: Logger) {
    this.#collector = { endpoint, headers };
    this.#resource = {
      attributes: [
        { key: "service.name", value: { stringValue: serviceName } },
        { key: "service.instance.id", value: { stringValue: node } },
      ],
    };
    this.#log = log;
    this.#timer = setInterval(() => void this.flush(), EVERY_MS).unref();
  }

  add(spans: readonly Span[]): void {
    if (this.#queue.length + spans.length > QUEUE) {
      this.#dropped += spans.length;
      return;
    }
    this.#queue.push(...spans);
    if (this.#queue.length >= BATCH) void this.flush();
  }

  /** How many since the last call. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** All that waits, one batch after the other. Never rejects. */
  flush(): Promise<void> {
    this.#sending ??= this.#send().finally(() => (this.#sending = undefined));
    return this.#sending;
  }

  /** What still waits, for `limitMs` at most: a collector that is away delays no end. */
  async stop(limitMs: number): Promise<void> {
    clearInterval(this.#timer);
    await Promise.race([this.flush(), systemClock.sleep(limitMs)]);
  }

  async #send(): Promise<void> {
    while (this.#queue.length > 0) {
      const spans = this.#queue.splice(0, BATCH);
      try {
        await postOtlp(this.#collector, "traces", this.#payload(spans));
        this.#isTold = false;
      } catch (error) {
        this.#dropped += spans.length;
        if (!this.#isTold)
          this.#log.warn(
            { err: messageOf(error), endpoint: this.#collector.endpoint },
            "spans cannot be sent; they are dropped",
          );
        this.#isTold = true;
      }
    }
  }

  #payload(spans: readonly Span[]): string {
    const scopeSpans = [{ scope: { name: "causeway.gateway" }, spans }];
    return JSON.stringify({ resourceSpans: [{ resource: this.#resource, scopeSpans }] });
  }
}
