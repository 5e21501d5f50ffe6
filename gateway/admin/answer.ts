/** What the admin address answers. */
export interface Answer {
  status: number;
  body: string;
  contentType: string;
  headers?: Record<string, string>;
}

export function text(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return { status, body, contentType: "text/plain; charset=utf-8", headers };
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return { status, body: JSON.stringify(value), contentType: "application/json", headers };
}

export function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}): Answer {
  const body = JSON.stringify({ type: `urn:causeway:problem:${code}`, title: code, status, code, detail });
  return { status, body, contentType: "application/problem+json", headers };
}
