const TIMEOUT_MS = 10_000;
/** At a stop, how long what still waits may take. */
export const LAST_POST_MS = 2_000;

/** `OTEL_EXPORTER_OTLP_ENDPOINT` and `OTEL_EXPORTER_OTLP_HEADERS`. */
export interface Collector {
  endpoint: string;
  headers: Readonly<Record<string, string>>;
}

/** One payload as OTLP/HTTP JSON; rejects where the collector did not take it. */
export async function postOtlp(
  { endpoint, headers }: Collector,
  signal: "traces" | "metrics",
  body: string,
): Promise<void> {
  const answer = await fetch(`${endpoint.replace(/\/+$/, "")}/v1/${signal}`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body,
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    // What `fetch` says by itself is that it failed.
    throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`the collector answered ${answer.status}`);
}
