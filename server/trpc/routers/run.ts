import { tracked } from "@trpc/server";
import { z } from "zod";
import { runDetail, runEventView, runSummary } from "#contracts/console/views.ts";
import { cancelRun, retryRun } from "../../runs/control-run.ts";
import { followRun } from "../../runs/follow-run.ts";
import { getRun, listRuns } from "../../runs/view-run.ts";
import type { OrgScope } from "../../scope.ts";
import { nothing, orgProcedure, router } from "../procedures.ts";

const runInput = z.object({ run: z.string() });

export const runRouter = router({
  list: orgProcedure({ can: "organisation:read" })
    .input(z.object({ environment: z.string().optional(), limit: z.int().min(1).max(100).default(30) }))
    .output(z.array(runSummary))
    .query(({ ctx, input }) => listRuns(ctx.scope, input)),
  get: orgProcedure({ can: "organisation:read" })
    .input(runInput)
    .output(runDetail)
    .query(({ ctx, input }) => getRun(ctx.scope, input.run)),
  cancel: orgProcedure({ can: "run:control" })
    .input(runInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await cancelRun(ctx.scope, input.run);
      return {};
    }),
  retry: orgProcedure({ can: "run:control" })
    .input(runInput)
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await retryRun(ctx.scope, input.run);
      return {};
    }),
  /** A client that comes back names the last sequence number that it saw and misses nothing. */
  events: orgProcedure({ can: "organisation:read" })
    .input(runInput.extend({ lastEventId: z.string().nullish() }))
    .subscription(async ({ ctx, input, signal }) => {
      // Asked before the stream begins: what a stream throws later is no longer an answer with a code.
      await getRun(ctx.scope, input.run);
      return trackRun(ctx.scope, input, signal ?? new AbortController().signal);
    }),
});

async function* trackRun(scope: OrgScope, input: { run: string; lastEventId?: string | null }, signal: AbortSignal) {
  const afterSeq = Number(input.lastEventId ?? 0) || 0;
  for await (const event of followRun(scope, { run: input.run, afterSeq }, signal))
    yield tracked(String(event.seq), runEventView.parse(event));
}
