import NextAuth from "next-auth";
import { authOptions } from "#server/auth/index.ts";

const handle: unknown = NextAuth(authOptions);

// next-auth 4 types its handler for the pages router; in a route handler it takes a Request and gives a Response.
const answer = handle as (request: Request, context: unknown) => Promise<Response>;

export { answer as GET, answer as POST };
