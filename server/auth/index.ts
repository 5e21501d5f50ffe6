/**
 * Who a person is: sign-up, sign-in, sessions, resets. Passwords and tokens never leave this folder in the clear. It
 * knows nothing of organisations' contents; rights live in `permissions.ts`.
 */
import { headers } from "next/headers";
import { consoleDeps } from "../deps.ts";
import { sessionFromHeaders } from "./session-from-headers.ts";

export { authOptions } from "./auth-options.ts";

/** For server components: the signed-in person, checked against the database, or null. */
export async function currentSession() {
  return sessionFromHeaders(await consoleDeps(), new Headers(await headers()));
}
