import { STATUS_CODES } from "node:http";
import type { ErrorCode } from "#contracts/api/error-codes.ts";

/** An answer that the gateway itself gives. Made at load wherever it can be; the request's id is put in when it is sent. */
export interface Reply {
  status: number;
  /** The reason flag of the analytics record; null for an answer that is no refusal. */
  code: string | null;
  /** `[name, value, …]` beside content-type and content-length. */
  headers: readonly string[];
  contentType: string;
  /** The body around the request's id; an answer without one has an empty tail. */
  body: readonly [head: string, tail: string];
  /** What error templates may name; null for an answer that is no problem. */
  problem: { title: string; detail: string } | null;
}

/** Where RFC 9110 has renamed what Node still calls as before. */
const renamed: Record<number, string> = { 413: "Content Too Large", 422: "Unprocessable Content" };

/** `application/problem+json` (RFC 9457). `detail` is for the caller and must not name internals. */
export function problemReply(status: number, code: ErrorCode, detail: string, headers: readonly string[] = []): Reply {
  const problem = { title: renamed[status] ?? STATUS_CODES[status] ?? "Error", detail };
  const members = { type: `urn:causeway:problem:${code}`, title: problem.title, status, code, detail };
  const head = `${JSON.stringify(members).slice(0, -1)},"requestId":"`;
  const body = [head, '"}'] as const;
  return Object.freeze({ status, code, headers, contentType: "application/problem+json", body, problem });
}

/** A refusal decided at load; see `problemReply`. */
export const reject = problemReply;
