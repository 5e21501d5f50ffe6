import { randomFillSync } from "node:crypto";
import type { Exchange, ExchangeTrace } from "#gateway/pipeline/index.ts";
import { clientSpan, serverSpan, type Attempt, type Span } from "./spans.ts";
import { CONTEXT_FIELDS, contextFields, readContext, readDecision, type RemoteContext } from "./propagation.ts";

export interface TracingSettings {
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`: http://collector:4318 */
  endpoint: string;
  /** `OTEL_EXPORTER_OTLP_HEADERS` */
  headers: Record<string, string>;
  serviceName: string;
  /** Share of the traces that begin here which are recorded; those that came are recorded as their caller decided. */
  ratio: number;
}

export interface SpanSink {
  add(spans: readonly Span[]): void;
}

/** Begins and ends the trace of each exchange. */
export class Tracer {
  readonly #ratio: number;
  readonly #sink: SpanSink;

  constructor({ ratio }: Pick<TracingSettings, "ratio">, sink: SpanSink) {
    this.#ratio = ratio;
    this.#sink = sink;
  }

  begin(exchange: Exchange): Trace {
    const remote = readContext(exchange.fields);
    const traceId = remote?.traceId ?? randomHex(16);
    // By the id and not by a die, so that all who sample by ratio agree (OpenTelemetry's TraceIdRatioBased).
    const decision = remote ?? readDecision(exchange.fields);
    const sampled = decision?.sampled ?? Number.parseInt(traceId.slice(-13), 16) / 2 ** 52 < this.#ratio;
    return new Trace(traceId, sampled, remote, decision?.form);
  }

  end(exchange: Exchange, trace: Trace, endedAtUs: number): void {
    if (!trace.sampled) return;
    const spans = trace.attempts.map((attempt, index) => clientSpan(exchange, trace, attempt, index));
    this.#sink.add([serverSpan(exchange, trace, endedAtUs), ...spans]);
  }
}

/** One exchange's place in a trace. */
export class Trace implements ExchangeTrace {
  readonly traceId: string;
  readonly sampled: boolean;
  readonly spanId = randomHex(8);
  readonly remote: RemoteContext | undefined;
  /** What the caller spoke, and so the next one hears. */
  readonly #form: RemoteContext["form"];
  readonly attempts: Attempt[] = [];

  constructor(
    traceId: string,
    sampled: boolean,
    remote: RemoteContext | undefined,
    form: RemoteContext["form"] = "w3c",
  ) {
    this.traceId = traceId;
    this.sampled = sampled;
    this.remote = remote;
    this.#form = form;
  }

  /** What a try sends in place of the caller's context: the span of that try is the upstream's parent. */
  attemptBegan(fields: readonly string[], target: string, atUs: number): string[] {
    // Without a recorded span the one that came stays the parent, so that no upstream hangs on a span that nobody has.
    const spanId = this.sampled ? randomHex(8) : (this.remote?.spanId ?? this.spanId);
    if (this.sampled)
      this.attempts.push({ spanId, target, startedAtUs: atUs, endedAtUs: atUs, status: 0, error: undefined });
    const kept: string[] = [];
    for (let index = 0; index < fields.length; index += 2)
      if (!CONTEXT_FIELDS.has(fields[index]!.toLowerCase())) kept.push(fields[index]!, fields[index + 1]!);
    const { traceId, sampled, remote } = this;
    kept.push(...contextFields({ traceId, sampled, state: remote?.state, form: this.#form }, spanId));
    return kept;
  }

  attemptEnded(outcome: { status: number } | { error: string }, atUs: number): void {
    const attempt = this.attempts.at(-1);
    if (attempt === undefined) return;
    attempt.endedAtUs = atUs;
    if ("status" in outcome) attempt.status = outcome.status;
    else attempt.error = outcome.error;
  }
}

const pool = Buffer.alloc(4_096);
let poolAt = pool.length;

/** Random bytes as hex, from a pool: one call to the system for hundreds of ids. */
function randomHex(bytes: number): string {
  if (poolAt + bytes > pool.length) {
    randomFillSync(pool);
    poolAt = 0;
  }
  poolAt += bytes;
  return pool.toString("hex", poolAt - bytes, poolAt);
}
