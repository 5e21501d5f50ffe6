import { messageOf } from "#base/errors.ts";

const TIMEOUT_MS = 5_000;

/** What a store of secrets answered. Redirects are not followed: they would take a credential elsewhere. */
export async function getJson(url: string, init: RequestInit): Promise<{ status: number; body: unknown }> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await response.text();
    return { status: response.status, body: parse(text) };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : "";
    throw new Error(`${new URL(url).origin} cannot be reached: ${messageOf(error)}${cause}`, { cause: error });
  }
}

/** An answer that is no JSON is told by its status. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
