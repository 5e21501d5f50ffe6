import { z } from "zod";
import { headerName } from "./primitives.ts";
import { share } from "./resilience.ts";

/** Most of one body: a worker sets aside as much for each call in flight that it records. */
const MAX_RECORDED_BYTES = 65_536;

const bodyBytes = z.int().min(0).max(MAX_RECORDED_BYTES).default(4_096);
const memberName = z.string().min(1).max(100);
const STATUS = "expected a status such as 429, or a class of them such as 5xx";

const redact = z.strictObject({
  headers: z
    .array(headerName)
    .max(100)
    .default([])
    .describe("Headers of requests and answers whose value is not written, beside those that never are."),
  query: z
    .array(memberName)
    .max(100)
    .default([])
    .describe("Parameters of the query, in any case, whose value is not written, beside those that carry credentials."),
  members: z
    .array(memberName)
    .max(100)
    .default([])
    .describe(
      "Members of bodies in JSON, at any depth, and of forms, whose value is not written. Case, `_` and `-` make no difference.",
    ),
});

const recordingFull = z.strictObject({
  share: share.default(1).describe("Share of the calls that are recorded: `10%`, or 0 to 1. Default: all."),
  requestBodyBytes: bodyBytes.describe("Most that is kept of a request's body, in bytes; 0: none of it."),
  responseBodyBytes: bodyBytes.describe("Most that is kept of an answer's body, in bytes; 0: none of it."),
  statuses: z
    .array(z.union([z.enum(["1xx", "2xx", "3xx", "4xx", "5xx"]), z.int().min(100).max(599)], { error: STATUS }))
    .min(1)
    .max(50)
    .optional()
    .describe("Only calls that are answered so: `5xx`, or a status as a number. Absent: all."),
  redact: redact
    .prefault({})
    .describe("What is not written, beside credentials and what mostly carries them, which never are."),
  until: z.iso
    .datetime({ offset: true, error: "expected a moment such as 2026-01-01T00:00:00Z" })
    .optional()
    .describe("From then on nothing is recorded, whatever else is said here. Absent: no end."),
});
export type Recording = z.infer<typeof recordingFull>;

/**
 * Whole exchanges, heads and bodies, for those who look for a fault: `true`, or what is wanted of them. They go where
 * `CAUSEWAY_RECORDINGS` of a node says. `false`: none, in place of what stands further up.
 */
export const recording = z.union([
  z.literal(false),
  z.literal(true).transform(() => recordingFull.parse({})),
  recordingFull,
]);
