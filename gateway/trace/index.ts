/**
 * Trace: where a request belongs among the calls of others. Context comes in and goes on as W3C Trace Context or B3; what is
 * sampled becomes spans and leaves as OTLP over HTTP, in batches, beside the traffic. It must not wait on the request's path,
 * and it must cost nothing where nobody asked for it; what finds no room is counted.
 */
export { readContext } from "./propagation.ts";
export type { ReportedMetric } from "./metrics-payload.ts";
export { MetricsPusher } from "./metrics-pusher.ts";
export { Trace, Tracer, type TracingSettings } from "./tracer.ts";
export { SpanExporter } from "./span-exporter.ts";
export { LAST_POST_MS } from "./post-otlp.ts";
