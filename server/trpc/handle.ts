import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { consoleDeps, type Deps } from "../deps.ts";
import { withCappedBody } from "../http/capped-body.ts";
import { contextOf } from "./context.ts";
import { appRouter } from "./router.ts";

/** The console's own API, for its pages. */
export async function handleTrpc(request: Request): Promise<Response> {
  return answerTrpc(await consoleDeps(), request);
}

export function answerTrpc(deps: Deps, request: Request): Promise<Response> {
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: withCappedBody(request),
    router: appRouter,
    createContext: () => contextOf(deps, request.headers),
  });
}
