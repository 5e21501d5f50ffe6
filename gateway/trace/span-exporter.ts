import type { Logger } from "#base/log.ts";
import { messageOf } from "#base/errors.ts";
import type { Span } from "./spans.ts";
import type { SpanSink, TracingSettings } from "./tracer.ts";

const QUEUE = 4_096;
const BATCH = 512;
const EVERY_MS = 2_000;
const TIMEOUT_MS = 10_000;

/**
 * Sends spans as OTLP/HTTP JSON. Our own, since the SDK for it weighs more than the gateway's pipeline and wants to hook into
 * modules: what is needed is one POST. Bounded: spans that find no room, or whose batch is refused, are dropped and counted.
 */
export class SpanExporter implements SpanSink {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #resource: object;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #queue: Span[] = [];
  #sending: Promise<void> | undefined = undefined;
  #isTold = false;
  dropped = 0;

  constructor({ endpoint, headers, serviceName }: TracingSettings, node: string, log: Logger) {
    this.#url = `${endpoint.replace(/\/+$/, "")}/v1/traces`;
    this.#headers = { "content-type": "application/json", ...headers };
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
      this.dropped += spans.length;
      return;
    }
    this.#queue.push(...spans);
    if (this.#queue.length >= BATCH) void this.flush();
  }

  /** All that waits, one batch after the other. Never rejects. */
  flush(): Promise<void> {
    this.#sending ??= this.#send().finally(() => (this.#sending = undefined));
    return this.#sending;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #send(): Promise<void> {
    while (this.#queue.length > 0) {
      const spans = this.#queue.splice(0, BATCH);
      try {
        await this.#post(spans);
        this.#isTold = false;
      } catch (error) {
        this.dropped += spans.length;
        if (!this.#isTold)
          this.#log.warn({ err: messageOf(error), url: this.#url }, "spans cannot be sent; they are dropped");
        this.#isTold = true;
      }
    }
  }

  async #post(spans: readonly Span[]): Promise<void> {
    const scopeSpans = [{ scope: { name: "causeway.gateway" }, spans }];
    const answer = await fetch(this.#url, {
      method: "POST",
      headers: this.#headers,
      body: JSON.stringify({ resourceSpans: [{ resource: this.#resource, scopeSpans }] }),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`the collector answered ${answer.status}`);
  }
}
