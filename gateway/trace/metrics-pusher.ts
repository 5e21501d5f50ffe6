import { systemClock } from "#base/clock.ts";
import { background, type Logger } from "#base/log.ts";
import { messageOf } from "#base/errors.ts";
import { metricsPayload, type ReportedMetric } from "./metrics-payload.ts";
import { postOtlp, type Collector } from "./post-otlp.ts";

export interface MetricsPusherOptions {
  collector: Collector;
  everyMs: number;
  resource: Readonly<Record<string, string>>;
  /** The figures of now. */
  report(): Promise<readonly ReportedMetric[]>;
  log: Logger;
}

/**
 * Sends the node's figures to a collector as they are at each beat, as OTLP/HTTP JSON. They are cumulative, so a beat that
 * fails is made good by the next one, and nothing waits here.
 */
export class MetricsPusher {
  readonly #options: MetricsPusherOptions;
  readonly #startedAtMs = Date.now();
  readonly #timer: NodeJS.Timeout;
  #pushing: Promise<void> | undefined = undefined;
  #isTold = false;

  constructor(options: MetricsPusherOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#beat(), options.everyMs).unref();
  }

  /** The last figures, once, for `limitMs` at most: a collector that is away delays no end. */
  async stop(limitMs: number): Promise<void> {
    clearInterval(this.#timer);
    await Promise.race([this.#pushLast(), systemClock.sleep(limitMs)]);
  }

  #beat(): void {
    // While one is on its way there is nothing that another could add.
    this.#pushing ??= this.#push().finally(() => (this.#pushing = undefined));
    background(this.#pushing, this.#options.log, "pushing metrics");
  }

  async #pushLast(): Promise<void> {
    await this.#pushing;
    await this.#push();
  }

  async #push(): Promise<void> {
    const { collector, resource, log } = this.#options;
    const times = { startedAtMs: this.#startedAtMs, nowMs: Date.now() };
    try {
      await postOtlp(collector, "metrics", metricsPayload(await this.#options.report(), { resource, ...times }));
      this.#isTold = false;
    } catch (error) {
      // Once an outage, as with spans.
      if (!this.#isTold) log.warn({ err: messageOf(error) }, "metrics cannot be sent to the collector");
      this.#isTold = true;
    }
  }
}
