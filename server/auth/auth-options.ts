import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { AppError } from "#base/errors.ts";
import { consoleDeps } from "../deps.ts";
import { revokeSession } from "./sessions.ts";
import { signIn } from "./sign-in.ts";
import { addressOf } from "./trusted-proxies.ts";

/**
 * next-auth carries the cookie and nothing else: its JWT holds the id of a session row, and `loadSession` asks the
 * database at each request whether that row still stands.
 */
export const authOptions: NextAuthOptions = {
  session: { strategy: "jwt", maxAge: 30 * 86_400 },
  pages: { signIn: "/sign-in", error: "/sign-in" },
  providers: [
    CredentialsProvider({
      id: "credentials",
      name: "E-mail and password",
      credentials: { email: { type: "email" }, password: { type: "password" } },
      async authorize(credentials, request) {
        if (!credentials?.email || !credentials.password) return null;
        const headers = new Headers(request.headers as Record<string, string> | undefined);
        const userAgent = headers.get("user-agent") ?? "";
        try {
          const deps = await consoleDeps();
          const address = addressOf(headers, deps.env.CAUSEWAY_TRUSTED_PROXIES);
          const signedIn = await signIn(deps, credentials, { address, userAgent });
          return { id: signedIn.userId, email: signedIn.email, name: signedIn.name, sid: signedIn.sessionId };
        } catch (error) {
          // next-auth shows `error.message` of what authorize throws: only our public sentences may pass.
          if (error instanceof AppError) throw new Error(error.message, { cause: error });
          throw new Error("Sign-in failed. Try again in a minute.", { cause: error });
        }
      },
    }),
  ],
  callbacks: {
    jwt({ token, user }) {
      const sid = (user as { sid?: string } | undefined)?.sid;
      return sid ? { ...token, sid } : token;
    },
  },
  events: {
    async signOut({ token }) {
      if (typeof token?.sid === "string") await revokeSession(await consoleDeps(), token.sid);
    },
  },
};
