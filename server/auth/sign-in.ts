import { eq } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import { sessions, users } from "#drizzle/console/schema.ts";
import type { Deps } from "../deps.ts";
import { decoyHash, verifyPassword } from "./password.ts";
import type { Session } from "./sessions.ts";
import { createSession } from "./sessions.ts";
import { forgive, rules, throttle } from "./throttle.ts";
import { networkOf } from "./trusted-proxies.ts";

const REFUSED = "This e-mail address and password do not match.";

/** Checks e-mail and password, throttled per account and per address, and opens a session. */
export async function signIn(
  deps: Deps,
  input: { email: string; password: string },
  from: { address: string; userAgent: string },
): Promise<{ sessionId: string; userId: string; email: string; name: string }> {
  const email = input.email.trim().toLowerCase();
  await throttle(deps.redis, rules.signInByAddress, networkOf(from.address));
  await throttle(deps.redis, rules.signInByAccount, email);
  const [user] = await deps.db.select().from(users).where(eq(users.email, email));
  const matches = await verifyPassword(input.password, user?.passwordHash ?? decoyHash);
  if (!user || !matches) throw new AppError("unauthenticated", REFUSED);
  await forgive(deps.redis, rules.signInByAccount, email);
  const sessionId = await createSession(deps, user.id, from);
  return { sessionId, userId: user.id, email: user.email, name: user.name };
}

/** The password once more before something that cannot be undone; good for 15 minutes. */
export async function reauthenticate(deps: Deps, session: Session, password: string): Promise<void> {
  await throttle(deps.redis, rules.signInByAccount, session.email);
  const [user] = await deps.db.select().from(users).where(eq(users.id, session.userId));
  if (!user?.passwordHash || !(await verifyPassword(password, user.passwordHash)))
    throw new AppError("invalid", "This is not your password.", {
      fields: [{ path: "password", message: "does not match" }],
    });
  await forgive(deps.redis, rules.signInByAccount, session.email);
  await deps.db
    .update(sessions)
    .set({ authenticatedAt: new Date(deps.clock.now()) })
    .where(eq(sessions.id, session.sessionId));
}
