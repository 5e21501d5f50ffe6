import { followRun } from "../runs/follow-run.ts";
import { getRun } from "../runs/view-run.ts";
import type { OrgScope } from "../scope.ts";

export const RUN_EVENTS_PATH = "/runs/{run}/events";

/** A run's events as server-sent events; `Last-Event-ID` resumes. The stream ends with the run. */
export async function followRunAsSse(scope: OrgScope, run: string, request: Request): Promise<Response> {
  // Asked before the stream begins: another tenant's run is a plain 404.
  await getRun(scope, run);
  const afterSeq = Number(request.headers.get("last-event-id") ?? 0) || 0;
  const gone = new AbortController();
  const events = followRun(scope, { run, afterSeq }, AbortSignal.any([request.signal, gone.signal]));
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await events.next();
      if (next.done) return controller.close();
      controller.enqueue(encoder.encode(`id: ${next.value.seq}\ndata: ${JSON.stringify(next.value)}\n\n`));
    },
    async cancel() {
      // The follower may be waiting for the next event: it must not wait on for a reader that left.
      gone.abort();
      await events.return(undefined);
    },
  });
  return new Response(stream, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
}
