import type { RunDetail, RunEvent } from "#app/_trpc/views.ts";
import type { Tone } from "#app/_ui/state.tsx";

type Step = RunDetail["steps"][number];

/** How each state of a run reads, and whether anything can still come of it by itself. */
export const runLooks = {
  queued: { label: "Waiting for a worker", tone: "busy", over: false },
  leased: { label: "Starting", tone: "busy", over: false },
  planning: { label: "Planning", tone: "busy", over: false },
  applying: { label: "Applying", tone: "busy", over: false },
  verifying: { label: "Verifying", tone: "busy", over: false },
  succeeded: { label: "Succeeded", tone: "good", over: true },
  cancelling: { label: "Cancelling", tone: "busy", over: false },
  cancelled: { label: "Cancelled", tone: "still", over: true },
  failed: { label: "Failed", tone: "bad", over: true },
  superseded: { label: "Superseded", tone: "still", over: true },
  stalled: { label: "Stalled: nothing was heard for a while", tone: "signal", over: false },
} as const satisfies Record<RunDetail["state"], { label: string; tone: Tone; over: boolean }>;

export interface Outcome {
  /** Ends in Live, Failed or Destroyed: scripts and assistive technology wait for these words. */
  label: string;
  tone: Tone;
  over: boolean;
}

/** What a chain of runs is about: one deployment, or a whole environment, which is where its control plane is. */
export function prepareHeading(runs: RunDetail[]): { title: string; place: string; region: string | null } {
  const first = runs[0]!;
  const whole = runs.find(({ deploymentKind }) => deploymentKind === "control_plane");
  const act = first.kind === "create" ? "Deploy" : "Destroy";
  const place = first.environmentName;
  return { title: `${act} ${whole ? place : first.deploymentName}`, place, region: (whole ?? first).region };
}

/** One word for a run and the run that follows it: it is live when both have succeeded, failed when either has. */
export function prepareOutcome(runs: Pick<RunDetail, "kind" | "state">[]): Outcome {
  const unhappy = runs.find(({ state }) => runLooks[state].over && state !== "succeeded");
  if (unhappy) return runLooks[unhappy.state];
  const open = runs.find(({ state }) => !runLooks[state].over);
  if (open) {
    const later = open !== runs[0] && open.state === "queued";
    return later ? { ...runLooks.queued, label: "Starting the next part" } : runLooks[open.state];
  }
  return runs[0]?.kind === "destroy"
    ? { label: "Destroyed", tone: "still", over: true }
    : { label: "Live", tone: "good", over: true };
}

/** A step as it is after events that came later than the detail itself. */
export function applyEvents(run: RunDetail, events: RunEvent[]): RunDetail {
  const fresh = events.filter(({ runId, seq }) => runId === run.id && seq > run.lastSeq);
  return fresh.reduce(applyEvent, run);
}

function applyEvent(run: RunDetail, { at, body }: RunEvent): RunDetail {
  if (body.kind === "state") {
    const over = runLooks[body.state].over;
    return {
      ...run,
      state: body.state,
      endedAt: over ? at : null,
      startedAt: run.startedAt ?? (body.state === "queued" ? null : at),
    };
  }
  if (body.kind !== "step") return run;
  const steps = run.steps.map((step): Step => {
    if (step.name !== body.step) return step;
    const ended = body.state !== "running" && body.state !== "pending";
    return {
      ...step,
      state: body.state,
      detail: body.detail ?? step.detail,
      startedAt: step.startedAt ?? (body.state === "running" ? at : null),
      endedAt: ended ? at : null,
    };
  });
  return { ...run, steps };
}

/** Milliseconds until all open steps should be done, from how long each took before; null while that is not known. */
export function remainingMs(steps: Step[], nowMs: number): number | null {
  const open = steps.filter(({ state }) => state === "pending" || state === "running");
  if (open.length === 0 || open.some(({ expectedMs }) => expectedMs === null)) return null;
  return open.reduce((sum, { expectedMs, startedAt }) => {
    const spentMs = startedAt ? nowMs - new Date(startedAt).getTime() : 0;
    return sum + Math.max(0, expectedMs! - spentMs);
  }, 0);
}

export const stepNames: Record<string, string> = {
  prepare: "Prepare",
  plan: "Plan",
  apply: "Apply",
  verify: "Verify",
  destroy: "Destroy",
  prove: "Prove it is gone",
};

export interface ProgressLine {
  key: string;
  at: string;
  part: string;
  text: string;
  tone: "plain" | "good" | "bad" | "signal";
}

/** The story of the runs, line by line, in the order in which it happened. */
export function prepareLines(runs: RunDetail[], events: RunEvent[]): ProgressLine[] {
  return events
    .filter(({ body }) => !(body.kind === "state" && saidByItsStep.has(body.state)))
    .map((event): ProgressLine => ({
      key: `${event.runId} ${event.seq}`,
      at: event.at,
      part: runs.find(({ id }) => id === event.runId)?.deploymentName ?? "",
      ...wordsOf(event.body),
    }))
    .sort((a, b) => a.at.localeCompare(b.at));
}

/** States that begin with a step of the same name: two lines would say one thing. */
const saidByItsStep = new Set<RunDetail["state"]>(["planning", "applying", "verifying"]);

const stepVerbs = {
  pending: "to come",
  running: "started",
  succeeded: "done",
  failed: "failed",
  skipped: "skipped",
} as const satisfies Record<Step["state"], string>;

// Every kind returns; a new one is a type error here.
// oxlint-disable-next-line typescript/consistent-return
function wordsOf(body: RunEvent["body"]): Pick<ProgressLine, "text" | "tone"> {
  switch (body.kind) {
    case "state":
      return {
        text: runLooks[body.state].label,
        tone: body.state === "failed" ? "bad" : body.state === "succeeded" ? "good" : "plain",
      };
    case "step":
      return {
        text: `${stepNames[body.step] ?? body.step}: ${stepVerbs[body.state]}${body.detail ? `. ${body.detail}` : ""}`,
        tone: body.state === "failed" ? "bad" : "plain",
      };
    case "resource":
      return {
        text: `${resourceVerb(body.op, body.status)} ${body.type.split(":").at(-1)} ${body.name}`,
        tone: body.status === "failed" ? "bad" : "plain",
      };
    case "log":
      return { text: body.text, tone: body.level === "error" ? "bad" : body.level === "warning" ? "signal" : "plain" };
  }
}

function resourceVerb(op: string, status: "started" | "done" | "failed"): string {
  const verbs: Record<string, [doing: string, done: string]> = {
    create: ["Creating", "Created"],
    update: ["Updating", "Updated"],
    delete: ["Deleting", "Deleted"],
    replace: ["Replacing", "Replaced"],
    same: ["Keeping", "Kept"],
    read: ["Reading", "Read"],
  };
  const [doing, done] = verbs[op] ?? [op, op];
  return status === "failed" ? `${doing} failed:` : status === "started" ? doing : done;
}
