import { encode } from "next-auth/jwt";
import type { Deps } from "../deps.ts";
import { answerTrpc } from "../trpc/handle.ts";

export interface TrpcAnswer {
  status: number;
  data?: unknown;
  error?: { message: string; data: { code: string; appCode: string; fields: unknown[]; [more: string]: unknown } };
}

/** The cookie that next-auth gives for a session. */
export async function cookieFor(deps: Deps, sessionId: string, secret = deps.env.NEXTAUTH_SECRET): Promise<string> {
  return `next-auth.session-token=${await encode({ token: { sid: sessionId }, secret })}`;
}

/** One call over HTTP as the browser makes it, through the same adapter as the console's route. */
export async function callTrpc(
  deps: Deps,
  kind: "query" | "mutation",
  path: string,
  input: unknown,
  headers: Record<string, string>,
): Promise<TrpcAnswer> {
  const url = new URL(`http://127.0.0.1:3000/api/trpc/${path}`);
  const body = JSON.stringify(input ?? {});
  if (kind === "query" && input !== undefined) url.searchParams.set("input", body);
  const request = new Request(url, {
    method: kind === "query" ? "GET" : "POST",
    headers: { "content-type": "application/json", ...headers },
    body: kind === "query" ? undefined : body,
  });
  const answer = await answerTrpc(deps, request);
  const { result, error } = (await answer.json()) as { result?: { data: unknown }; error?: TrpcAnswer["error"] };
  return { status: answer.status, data: result?.data, error };
}
