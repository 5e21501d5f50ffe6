import type { Reply } from "#gateway/pipeline/index.ts";

/** RFC 6749, 5.1: what holds a token, or says something about credentials, is kept by nobody. */
const UNCACHED = ["Cache-Control", "no-store", "Pragma", "no-cache"];

export function tokenAnswer(token: string, expiresInMs: number): Reply {
  const body = { access_token: token, token_type: "Bearer", expires_in: Math.floor(expiresInMs / 1_000) };
  return json(200, null, body);
}

/** RFC 6749, 5.2. `error_description` may hold ASCII without quotes and backslashes. */
export function oauthError(status: number, error: string, description: string, headers: readonly string[] = []): Reply {
  return json(status, error, { error, error_description: description }, headers);
}

export function tooManyAttempts(waitMs: number): Reply {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  const description = `Too many wrong attempts. Try again in ${seconds} s.`;
  return oauthError(429, "temporarily_unavailable", description, ["Retry-After", String(seconds)]);
}

function json(status: number, code: string | null, body: object, headers: readonly string[] = []): Reply {
  return Object.freeze({
    status,
    code,
    headers: [...UNCACHED, ...headers],
    contentType: "application/json",
    body: [JSON.stringify(body), ""] as const,
    // RFC 6749 says how its errors look.
    problem: null,
  });
}
