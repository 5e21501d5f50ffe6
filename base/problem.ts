import { httpStatusOf, type AppError, type FieldProblem } from "./errors.ts";
import { explainIssues, type KnownMembers, type SchemaIssue } from "./explain-issues.ts";

/** The body of an `application/problem+json` answer (RFC 9457), as every HTTP edge sends it. */
export function problemOf(error: AppError, requestId: string) {
  return {
    type: `urn:causeway:problem:${error.code}`,
    title: error.message,
    status: httpStatusOf[error.code] as number,
    code: error.code,
    detail: error.message,
    requestId,
    ...(error.fields.length > 0 ? { fields: error.fields } : {}),
  };
}

/** The headers that belong to it: when to try again, and how to sign in. */
export function problemHeaders(error: AppError): Record<string, string> {
  return {
    "content-type": "application/problem+json",
    ...(error.retryAfterSeconds ? { "retry-after": String(error.retryAfterSeconds) } : {}),
    ...(error.code === "unauthenticated" ? { "www-authenticate": 'Bearer realm="causeway"' } : {}),
  };
}

/** What a schema's refusal says of each field, by dotted path; with `known`, what an unknown member was probably meant to be. */
export function fieldsOf(error: { issues: readonly SchemaIssue[] }, known?: KnownMembers): FieldProblem[] {
  return explainIssues(error.issues, known).map(({ path, message }) => ({ path: path.map(String).join("."), message }));
}
