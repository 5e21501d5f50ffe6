import { isSameOrigin } from "../auth/request-facts.ts";
import { sessionFromHeaders } from "../auth/session-from-headers.ts";
import type { Session } from "../auth/sessions.ts";
import { addressOf } from "../auth/trusted-proxies.ts";
import type { Deps } from "../deps.ts";

/** What every procedure gets: who asks and from where. */
export interface Context {
  deps: Deps;
  session: Session | null;
  address: string;
  sameOrigin: boolean;
}

export async function contextOf(deps: Deps, headers: Headers): Promise<Context> {
  const session = await sessionFromHeaders(deps, headers);
  const address = addressOf(headers, deps.env.CAUSEWAY_TRUSTED_PROXIES);
  return { deps, session, address, sameOrigin: isSameOrigin(headers) };
}
