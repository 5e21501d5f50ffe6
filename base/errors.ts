/**
 * What can go wrong at an edge, by its class and not by its domain. Each edge (tRPC, REST, control plane) maps every
 * code to its wire form in one exhaustive table; `satisfies Record<ErrorCode, …>` makes a forgotten one a type error.
 */
export const errorCodes = [
  "invalid",
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "gone",
  "too_large",
  "rate_limited",
  "needs_reauthentication",
  "needs_verification",
  "unavailable",
  "internal",
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** One field of the input and what was expected of it; `path` is dotted, `line` counts from 1 where a document has lines. */
export interface FieldProblem {
  path: string;
  message: string;
  line?: number;
}

export interface AppErrorOptions {
  /** For the log only; may name internals. */
  detail?: string;
  cause?: unknown;
  fields?: FieldProblem[];
  /** Seconds after which a retry makes sense (`unavailable`, `rate_limited`). */
  retryAfterSeconds?: number;
}

/** An error with two messages: `message` is for the caller (what happened and what to do), `detail` for the log. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly fields: FieldProblem[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.detail = options.detail;
    this.fields = options.fields ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** HTTP status of each code, for every HTTP edge. */
export const httpStatusOf = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_large: 413,
  rate_limited: 429,
  needs_reauthentication: 403,
  needs_verification: 403,
  unavailable: 503,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

/** The text of any thrown thing, for a log line or a message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
