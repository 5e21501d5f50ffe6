import { z } from "zod";
import { me } from "#contracts/console/views.ts";
import { requestReset, resetPassword } from "../../auth/reset-password.ts";
import { revokeAllSessions } from "../../auth/sessions.ts";
import { reauthenticate } from "../../auth/sign-in.ts";
import { signUp } from "../../auth/sign-up.ts";
import { sendVerification, verifyEmail } from "../../auth/verify-email.ts";
import { describeMe } from "../../orgs/open-org.ts";
import { nothing, publicProcedure, router, sessionProcedure } from "../procedures.ts";

/** NIST SP 800-63B, 5.1.1: length is what counts; no composition rules. */
const newPassword = z.string().min(10, "use at least 10 characters").max(200);
const email = z.string().trim().max(254).pipe(z.email("expected an e-mail address"));

export const authRouter = router({
  signUp: publicProcedure
    .input(
      z.object({
        email,
        password: newPassword,
        organisation: z.string().trim().min(1, "name your organisation").max(80),
        name: z.string().trim().max(80).optional(),
      }),
    )
    .output(z.object({ org: z.string() }))
    .mutation(({ ctx, input }) => signUp(ctx.deps, input, ctx.address)),
  requestReset: publicProcedure
    .input(z.object({ email }))
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await requestReset(ctx.deps, input.email, ctx.address);
      return {};
    }),
  reset: publicProcedure
    .input(z.object({ token: z.string().max(200), password: newPassword }))
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await resetPassword(ctx.deps, input);
      return {};
    }),
  verifyEmail: publicProcedure
    .input(z.object({ token: z.string().max(200) }))
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await verifyEmail(ctx.deps, input.token);
      return {};
    }),
  resendVerification: sessionProcedure.output(nothing).mutation(async ({ ctx }) => {
    await sendVerification(ctx.deps, { id: ctx.session.userId, email: ctx.session.email });
    return {};
  }),
  me: sessionProcedure.output(me).query(({ ctx }) => describeMe(ctx.deps, ctx.session)),
  reauthenticate: sessionProcedure
    .input(z.object({ password: z.string().max(200) }))
    .output(nothing)
    .mutation(async ({ ctx, input }) => {
      await reauthenticate(ctx.deps, ctx.session, input.password);
      return {};
    }),
  signOutEverywhere: sessionProcedure.output(nothing).mutation(async ({ ctx }) => {
    await revokeAllSessions(ctx.deps, ctx.session.userId);
    return {};
  }),
});
