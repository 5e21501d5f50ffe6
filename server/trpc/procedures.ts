import { initTRPC } from "@trpc/server";
import { z } from "zod";
import { AppError } from "#base/errors.ts";
import { slug } from "#contracts/ids.ts";
import { openOrg } from "../orgs/open-org.ts";
import type { Permission } from "../permissions.ts";
import { demand } from "../scope.ts";
import type { Context } from "./context.ts";
import { factsOf, publicMessageOf, toTrpcError } from "./errors.ts";

/** What the walking test reads of a procedure. */
export interface ProcedureMeta {
  access: "public" | "session" | "org";
  can?: Permission;
  /** Wants the password typed a moment ago. */
  fresh?: boolean;
}

const t = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    errorFormatter: ({ shape, error }) => ({
      ...shape,
      message: publicMessageOf(error),
      data: { code: shape.data.code, httpStatus: shape.data.httpStatus, path: shape.data.path, ...factsOf(error) },
    }),
    sse: { ping: { enabled: true, intervalMs: 10_000 }, client: { reconnectAfterInactivityMs: 30_000 } },
  });

export const { router, createCallerFactory } = t;

/** How long a typed password counts for what cannot be undone. */
const FRESH_MS = 15 * 60_000;

const base = t.procedure.use(async ({ ctx, type, next, path }) => {
  if (type === "mutation" && !ctx.sameOrigin)
    throw toTrpcError(new AppError("forbidden", "This request did not come from the console's own pages."));
  const result = await next();
  if (result.ok) return result;
  const { cause } = result.error;
  if (cause instanceof AppError) {
    if (cause.detail || cause.code === "internal")
      ctx.deps.log.warn({ err: cause, detail: cause.detail, path }, cause.message);
    throw toTrpcError(cause);
  }
  if (result.error.code === "INTERNAL_SERVER_ERROR")
    ctx.deps.log.error({ err: result.error, path }, "procedure failed");
  return result;
});

/** Open to anyone: sign-up and the links of letters. */
export const publicProcedure = base.meta({ access: "public" });

/** For a signed-in person, outside of any organisation. */
export const sessionProcedure = base.meta({ access: "session" }).use(({ ctx, next }) => {
  if (!ctx.session) throw toTrpcError(new AppError("unauthenticated", "Sign in to go on."));
  return next({ ctx: { ...ctx, session: ctx.session } });
});

/**
 * The only way to a tenant's data: resolves the organisation among those of the person (404 otherwise) and asks for the
 * permission. `fresh` wants the password typed within 15 minutes.
 */
export function orgProcedure({ can, fresh = false }: { can: Permission; fresh?: boolean }) {
  return sessionProcedure
    .meta({ access: "org", can, fresh })
    .input(z.object({ org: slug }))
    .use(async ({ ctx, input, next }) => {
      const scope = await openOrg(ctx.deps, ctx.session, input.org);
      demand(scope.role, can);
      if (fresh && ctx.deps.clock.now() - ctx.session.authenticatedAtMs > FRESH_MS)
        throw new AppError("needs_reauthentication", "Type your password again to go on.");
      return next({ ctx: { ...ctx, scope } });
    });
}

export const environmentInput = z.object({ environment: z.string().min(1).max(60) });
export const clusterInput = environmentInput.extend({ cluster: z.string().min(1).max(60) });
export const nothing = z.object({});
