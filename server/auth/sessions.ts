import { and, eq, isNull } from "drizzle-orm";
import { newId } from "#base/id.ts";
import type { UserId } from "#contracts/ids.ts";
import { sessions, users } from "#drizzle/console/schema.ts";
import type { Deps } from "../deps.ts";

const LIFE_MS = 30 * 86_400_000;

export interface Session {
  sessionId: string;
  userId: UserId;
  email: string;
  name: string;
  emailVerified: boolean;
  /** When the password was last typed, ms since the epoch. */
  authenticatedAtMs: number;
}

/** Rows decide, not the cookie: signing out, everywhere too, takes effect at the next request. */
export async function createSession(
  deps: Deps,
  userId: UserId,
  from: { address: string; userAgent: string },
): Promise<string> {
  const now = deps.clock.now();
  const id = newId("ses", now, deps.random);
  await deps.db.insert(sessions).values({
    id,
    userId,
    createdAt: new Date(now),
    authenticatedAt: new Date(now),
    expiresAt: new Date(now + LIFE_MS),
    address: from.address.slice(0, 100),
    userAgent: from.userAgent.slice(0, 300),
  });
  return id;
}

export async function loadSession(deps: Deps, sessionId: string): Promise<Session | null> {
  const [row] = await deps.db
    .select({ session: sessions, user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.id, sessionId), isNull(sessions.revokedAt)));
  if (!row || row.session.expiresAt.getTime() <= deps.clock.now()) return null;
  return {
    sessionId,
    userId: row.user.id,
    email: row.user.email,
    name: row.user.name,
    emailVerified: row.user.emailVerifiedAt !== null,
    authenticatedAtMs: row.session.authenticatedAt.getTime(),
  };
}

export async function revokeSession(deps: Deps, sessionId: string): Promise<void> {
  await deps.db
    .update(sessions)
    .set({ revokedAt: new Date(deps.clock.now()) })
    .where(eq(sessions.id, sessionId));
}

export async function revokeAllSessions(deps: Deps, userId: UserId): Promise<void> {
  await deps.db
    .update(sessions)
    .set({ revokedAt: new Date(deps.clock.now()) })
    .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt)));
}
