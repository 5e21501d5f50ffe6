import { TRPCError, type TRPC_ERROR_CODE_KEY } from "@trpc/server";
import { ZodError } from "zod";
import { AppError, type ErrorCode, type FieldProblem } from "#base/errors.ts";
import { fieldsOf } from "#base/problem.ts";

/** The one map from what services throw to what tRPC answers. */
const trpcCodeOf = {
  invalid: "BAD_REQUEST",
  unauthenticated: "UNAUTHORIZED",
  forbidden: "FORBIDDEN",
  not_found: "NOT_FOUND",
  conflict: "CONFLICT",
  gone: "NOT_FOUND",
  too_large: "PAYLOAD_TOO_LARGE",
  rate_limited: "TOO_MANY_REQUESTS",
  needs_reauthentication: "FORBIDDEN",
  needs_verification: "FORBIDDEN",
  unavailable: "SERVICE_UNAVAILABLE",
  internal: "INTERNAL_SERVER_ERROR",
} as const satisfies Record<ErrorCode, TRPC_ERROR_CODE_KEY>;

export function toTrpcError(error: AppError): TRPCError {
  return new TRPCError({ code: trpcCodeOf[error.code], message: error.message, cause: error });
}

export interface ErrorFacts {
  appCode: ErrorCode;
  fields: FieldProblem[];
  retryAfterSeconds: number | null;
}

/** What tRPC itself refuses, before a procedure of ours is asked. */
const ownRefusals: Partial<Record<TRPC_ERROR_CODE_KEY, ErrorCode>> = {
  PARSE_ERROR: "invalid",
  BAD_REQUEST: "invalid",
  METHOD_NOT_SUPPORTED: "invalid",
  UNSUPPORTED_MEDIA_TYPE: "invalid",
  NOT_FOUND: "not_found",
};

/** What a client learns beside the sentence. */
export function factsOf(error: TRPCError): ErrorFacts {
  const { cause } = error;
  if (cause instanceof AppError)
    return { appCode: cause.code, fields: cause.fields, retryAfterSeconds: cause.retryAfterSeconds ?? null };
  if (cause instanceof ZodError && error.code === "BAD_REQUEST")
    return { appCode: "invalid", fields: fieldsOf(cause), retryAfterSeconds: null };
  return { appCode: ownRefusals[error.code] ?? "internal", fields: [], retryAfterSeconds: null };
}

/** The sentence that people read; an unforeseen error's own text stays in the log. */
export function publicMessageOf(error: TRPCError): string {
  if (error.cause instanceof AppError) return error.message;
  if (error.cause instanceof ZodError && error.code === "BAD_REQUEST") return "Some fields need a change.";
  return error.code === "INTERNAL_SERVER_ERROR"
    ? "Something went wrong on our side. Try again; the log has the details."
    : error.message;
}
