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

const titles: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  411: "Length Required",
  413: "Content Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  508: "Loop Detected",
};

/** `application/problem+json` (RFC 9457). `detail` is for the caller and must not name internals. */
export function problemReply(status: number, code: string, detail: string, headers: readonly string[] = []): Reply {
  const problem = { title: titles[status] ?? "Error", detail };
  const members = { type: `urn:causeway:problem:${code}`, title: problem.title, status, code, detail };
  const head = `${JSON.stringify(members).slice(0, -1)},"requestId":"`;
  const body = [head, '"}'] as const;
  return Object.freeze({ status, code, headers, contentType: "application/problem+json", body, problem });
}

/** A refusal decided at load; see `problemReply`. */
export const reject = problemReply;
