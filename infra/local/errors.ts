/** What can go wrong in the local region, as its API and its clients name it. */
export const regionErrorCodes = [
  "invalid",
  "not_found",
  "stale_epoch",
  "port_in_use",
  "ports_exhausted",
  "disk_full",
  "never_healthy",
  "database_unavailable",
  "program_missing",
  "redis_missing",
  "unreachable",
  "internal",
] as const;
export type RegionErrorCode = (typeof regionErrorCodes)[number];

export const regionStatusOf = {
  invalid: 400,
  not_found: 404,
  stale_epoch: 409,
  port_in_use: 409,
  ports_exhausted: 503,
  disk_full: 507,
  never_healthy: 422,
  database_unavailable: 503,
  program_missing: 422,
  redis_missing: 503,
  unreachable: 503,
  internal: 500,
} as const satisfies Record<RegionErrorCode, number>;

/** Its message is for people: what happened, and what to do where that is not plain. */
export class RegionError extends Error {
  readonly code: RegionErrorCode;

  constructor(code: RegionErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "RegionError";
    this.code = code;
  }
}

/** Names what the system said in our words, where we know them. */
export function regionErrorOf(error: unknown): RegionError {
  if (error instanceof RegionError) return error;
  const code = errnoOf(error);
  if (code === "ENOSPC" || code === "EDQUOT")
    return new RegionError("disk_full", "The disk is full. Free some space, then try again.", error);
  if (code === "EADDRINUSE") return new RegionError("port_in_use", "Another program has taken the port.", error);
  return new RegionError("internal", error instanceof Error ? error.message : String(error), error);
}

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
