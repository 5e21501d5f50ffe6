import { and, eq, gt, isNull } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import { hashToken, newToken } from "#base/token.ts";
import type { UserId } from "#contracts/ids.ts";
import { loginTokens, users } from "#drizzle/console/schema.ts";
import type { Deps } from "../deps.ts";
import { sendLetter } from "../outbox/send-letter.ts";

const LIFE_MS = 3 * 86_400_000;

export async function sendVerification(deps: Deps, user: { id: UserId; email: string }): Promise<void> {
  const token = await createLoginToken(deps, user.id, "verify", LIFE_MS);
  await sendLetter(deps, {
    recipient: user.email,
    subject: "Verify your e-mail address",
    body: "Open this link within three days to verify your address. Invitations and further environments wait for it.",
    link: `${deps.env.CAUSEWAY_PUBLIC_URL}/verify?token=${token}`,
  });
}

export async function verifyEmail(deps: Deps, token: string): Promise<void> {
  const userId = await takeLoginToken(deps, token, "verify");
  await deps.db
    .update(users)
    .set({ emailVerifiedAt: new Date(deps.clock.now()) })
    .where(eq(users.id, userId));
}

/** A one-time link's token: only its hash is kept. */
export async function createLoginToken(
  deps: Deps,
  userId: UserId,
  kind: "verify" | "reset",
  lifeMs: number,
): Promise<string> {
  const token = newToken(kind, deps.random);
  const expiresAt = new Date(deps.clock.now() + lifeMs);
  await deps.db.insert(loginTokens).values({ hash: hashToken(token), userId, kind, expiresAt });
  return token;
}

/** Uses a one-time token up, in one statement, so that two clicks at once cannot both win. */
export async function takeLoginToken(deps: Deps, token: string, kind: "verify" | "reset"): Promise<UserId> {
  const now = new Date(deps.clock.now());
  const [taken] = await deps.db
    .update(loginTokens)
    .set({ usedAt: now })
    .where(
      and(
        eq(loginTokens.hash, hashToken(token)),
        eq(loginTokens.kind, kind),
        isNull(loginTokens.usedAt),
        gt(loginTokens.expiresAt, now),
      ),
    )
    .returning({ userId: loginTokens.userId });
  if (!taken) throw new AppError("gone", "This link was used, has expired or was never valid. Ask for a new one.");
  return taken.userId;
}

export async function voidLoginTokens(deps: Deps, userId: UserId, kind: "verify" | "reset"): Promise<void> {
  await deps.db
    .update(loginTokens)
    .set({ usedAt: new Date(deps.clock.now()) })
    .where(and(eq(loginTokens.userId, userId), eq(loginTokens.kind, kind), isNull(loginTokens.usedAt)));
}
