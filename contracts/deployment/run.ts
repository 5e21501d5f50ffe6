import { z } from "zod";

export const runKind = z.enum(["create", "destroy"]);
export type RunKind = z.infer<typeof runKind>;

export const runState = z.enum([
  "queued",
  "leased",
  "planning",
  "applying",
  "verifying",
  "succeeded",
  "cancelling",
  "cancelled",
  "failed",
  "superseded",
  "stalled",
]);
export type RunState = z.infer<typeof runState>;

/** Legal transitions; writes compare-and-swap against them. */
export const runTransitions = {
  queued: ["leased", "cancelled", "superseded"],
  leased: ["planning", "cancelling", "failed", "stalled", "leased"],
  planning: ["applying", "cancelling", "failed", "stalled", "leased"],
  applying: ["verifying", "cancelling", "failed", "stalled", "leased"],
  verifying: ["succeeded", "cancelling", "failed", "stalled", "leased"],
  /** Undoing what the run itself created. */
  cancelling: ["cancelled", "failed", "stalled", "leased"],
  /** Nothing was heard for a while: repair leases it again. */
  stalled: ["leased", "failed"],
  succeeded: [],
  cancelled: [],
  /** A retryable failure is leased again by a retry. */
  failed: ["queued"],
  superseded: [],
} as const satisfies Record<RunState, readonly RunState[]>;

export function mayMove(from: RunState, to: RunState): boolean {
  return (runTransitions[from] as readonly RunState[]).includes(to);
}

export const isTerminal = (state: RunState): boolean =>
  state === "succeeded" || state === "cancelled" || state === "failed" || state === "superseded";

/** Why a run failed: one sentence for the user, a remedy, and whether the same run may be tried again. */
export const runFailure = z.strictObject({
  code: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
  retryable: z.boolean(),
});
export type RunFailure = z.infer<typeof runFailure>;

/** What a step is called, in the order in which a run of this kind takes them. */
export const runSteps = {
  create: ["prepare", "plan", "apply", "verify"],
  destroy: ["prepare", "destroy", "prove"],
} as const satisfies Record<RunKind, readonly string[]>;
export type RunStepName = (typeof runSteps)[RunKind][number];

export const stepState = z.enum(["pending", "running", "succeeded", "failed", "skipped"]);

/** The append-only story of a run. */
export const runEventBody = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("state"), state: runState }),
  z.strictObject({ kind: z.literal("step"), step: z.string(), state: stepState, detail: z.string().optional() }),
  z.strictObject({
    kind: z.literal("resource"),
    /** Pulumi's operation: create, update, delete, same, … */
    op: z.string(),
    type: z.string(),
    name: z.string(),
    status: z.enum(["started", "done", "failed"]),
  }),
  z.strictObject({ kind: z.literal("log"), level: z.enum(["info", "warning", "error"]), text: z.string() }),
]);
export type RunEventBody = z.infer<typeof runEventBody>;

/** The pg-boss queue that carries run ids from the console to the worker: `{ runId }`. */
export const RUN_QUEUE = "runs";
/** PostgreSQL channel that wakes those who follow a run: payload `<runId> <seq>`. The table is the truth. */
export const RUN_EVENT_CHANNEL = "causeway_run_event";
