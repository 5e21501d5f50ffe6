import { headers } from "next/headers";
import { consoleDeps } from "../deps.ts";
import { contextOf } from "./context.ts";
import { createCaller } from "./router.ts";

/** The router for server components: the same procedures, without a round trip, for the request's own session. */
export async function serverCaller() {
  return createCaller(await contextOf(await consoleDeps(), new Headers(await headers())));
}
