import type { Recording } from "#contracts/api/recording.ts";
import { Redactor } from "./redactor.ts";

/** What an API or an operation asks for, as it is looked at for each call. */
export interface RecordingRules {
  share: number;
  requestBodyBytes: number;
  responseBodyBytes: number;
  /** Null: whatever the status. */
  statuses: ReadonlySet<number | string> | null;
  untilMs: number;
  redactor: Redactor;
}

/** Undefined: its time is over, or it asks for no call at all. */
export function recordingRules(wanted: Recording, auth: unknown, nowMs: number): RecordingRules | undefined {
  const { share, requestBodyBytes, responseBodyBytes, statuses, redact, until } = wanted;
  const untilMs = until === undefined ? Infinity : Date.parse(until);
  if (share === 0 || untilMs <= nowMs) return undefined;
  const redactor = new Redactor(auth, redact);
  return {
    share,
    requestBodyBytes,
    responseBodyBytes,
    statuses: statuses ? new Set(statuses) : null,
    untilMs,
    redactor,
  };
}
