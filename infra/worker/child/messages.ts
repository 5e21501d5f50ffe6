import { z } from "zod";
import { runEventBody } from "#contracts/deployment/run.ts";
import { programInput } from "#infra/programs/program-input.ts";

/** What the worker asks of the one child that it has for a run. */
export const stackTask = z.object({
  /** `up` brings the program's stack up; `destroy` takes everything of it away. */
  op: z.enum(["up", "destroy"]),
  /** The stack's own folder: Pulumi's state, project and home live in it, and go with it. */
  folder: z.string(),
  project: z.string(),
  stack: z.string(),
  passphrase: z.string(),
  epoch: z.int(),
  /** Another process may have died in the middle: drop its lock, look at what there is, settle pending operations. */
  recover: z.boolean(),
  /** Needed by `up` only. */
  input: programInput.optional(),
});
export type StackTask = z.infer<typeof stackTask>;

export const toChild = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("task"), task: stackTask }),
  z.object({ kind: z.literal("abort") }),
]);
export type ToChild = z.infer<typeof toChild>;

export const fromChild = z.discriminatedUnion("kind", [
  /** Everything is imported, the engine was found, the provider listens: a task may come. */
  z.object({ kind: z.literal("warm") }),
  z.object({ kind: z.literal("opened") }),
  z.object({ kind: z.literal("event"), body: runEventBody }),
  z.object({ kind: z.literal("done"), outputs: z.record(z.string(), z.unknown()) }),
  z.object({ kind: z.literal("failed"), text: z.string(), during: z.enum(["warming", "opening", "working"]) }),
]);
export type FromChild = z.infer<typeof fromChild>;
