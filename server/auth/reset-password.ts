import { eq } from "drizzle-orm";
import { users } from "#drizzle/console/schema.ts";
import type { Deps } from "../deps.ts";
import { sendLetter } from "../outbox/send-letter.ts";
import { hashPassword } from "./password.ts";
import { revokeAllSessions } from "./sessions.ts";
import { rules, throttle } from "./throttle.ts";
import { networkOf } from "./trusted-proxies.ts";
import { createLoginToken, takeLoginToken, voidLoginTokens } from "./verify-email.ts";

const LIFE_MS = 3_600_000;

/** Answers the same whether or not the address has an account. */
export async function requestReset(deps: Deps, typed: string, address: string): Promise<void> {
  const email = typed.trim().toLowerCase();
  await throttle(deps.redis, rules.resetByAddress, networkOf(address));
  await throttle(deps.redis, rules.resetByAccount, email);
  const [user] = await deps.db.select({ id: users.id }).from(users).where(eq(users.email, email));
  if (!user) return;
  const token = await createLoginToken(deps, user.id, "reset", LIFE_MS);
  await sendLetter(deps, {
    recipient: email,
    subject: "Reset your password",
    body: "Open this link within an hour to choose a new password. If you did not ask for it, nothing has changed.",
    link: `${deps.env.CAUSEWAY_PUBLIC_URL}/reset/new?token=${token}`,
  });
}

/**
 * Sets the password and signs the person out everywhere: whoever knew the old one is out too. Other letters that were
 * asked for meanwhile open nothing any more.
 */
export async function resetPassword(deps: Deps, input: { token: string; password: string }): Promise<void> {
  // The link first: a stranger without one must not make us hash.
  const userId = await takeLoginToken(deps, input.token, "reset");
  const passwordHash = await hashPassword(input.password, deps.random);
  await voidLoginTokens(deps, userId, "reset");
  await deps.db.update(users).set({ passwordHash }).where(eq(users.id, userId));
  await revokeAllSessions(deps, userId);
}
