import { addressOf, isSameOrigin } from "../auth/request-facts.ts";
import { sessionFromHeaders } from "../auth/session-from-headers.ts";
import type { Session } from "../auth/sessions.ts";
import { consoleDeps, type Deps } from "../deps.ts";

/** What every procedure gets: who asks and from where. */
export interface Context {
  deps: Deps;
  session: Session | null;
  address: string;
  sameOrigin: boolean;
}

export async function createContext({ headers }: { headers: Headers }): Promise<Context> {
  const deps = await consoleDeps();
  const session = await sessionFromHeaders(deps, headers);
  return { deps, session, address: addressOf(headers), sameOrigin: isSameOrigin(headers) };
}
