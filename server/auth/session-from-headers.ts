import { decode } from "next-auth/jwt";
import type { Deps } from "../deps.ts";
import { loadSession, type Session } from "./sessions.ts";

const COOKIES = ["__Secure-next-auth.session-token", "next-auth.session-token"];

/** The live session that a request's cookie names, or null. */
export async function sessionFromHeaders(deps: Deps, headers: Headers): Promise<Session | null> {
  const token = cookieOf(headers);
  if (!token) return null;
  const claims = await decode({ token, secret: deps.env.NEXTAUTH_SECRET }).catch(() => null);
  return typeof claims?.sid === "string" ? loadSession(deps, claims.sid) : null;
}

function cookieOf(headers: Headers): string | undefined {
  const pairs = (headers.get("cookie") ?? "").split(/;\s*/).map((pair) => {
    const split = pair.indexOf("=");
    return [pair.slice(0, split), pair.slice(split + 1)] as const;
  });
  const jar = new Map(pairs);
  return COOKIES.map((name) => jar.get(name)).find(Boolean);
}
