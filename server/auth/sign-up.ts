import { eq } from "drizzle-orm";
import { AppError } from "#base/errors.ts";
import { base32, newId } from "#base/id.ts";
import type { OrgId, TeamId, UserId } from "#contracts/ids.ts";
import { memberships, organisations, teams, users } from "#drizzle/console/schema.ts";
import { recordAudit } from "../audit/record-audit.ts";
import type { Tx } from "../db/database.ts";
import type { Deps } from "../deps.ts";
import { slugOf } from "../orgs/slug.ts";
import { hashPassword } from "./password.ts";
import { rules, throttle } from "./throttle.ts";
import { sendVerification } from "./verify-email.ts";

/** Names that are pages of the console and therefore no organisation's. */
const RESERVED = new Set([
  "sign-up",
  "sign-in",
  "reset",
  "verify",
  "outbox",
  "api",
  "new",
  "status",
  "invite",
  "workspaces",
]);

/** A person, an organisation that they own, and its first team; the letter that verifies the address is on its way. */
export async function signUp(
  deps: Deps,
  input: { email: string; password: string; organisation: string; name?: string },
  address: string,
): Promise<{ org: string }> {
  await throttle(deps.redis, rules.signUpByAddress, address);
  const email = input.email.trim().toLowerCase();
  const passwordHash = await hashPassword(input.password, deps.random);
  const now = deps.clock.now();
  const userId = newId("usr", now, deps.random) as UserId;
  const orgId = newId("org", now, deps.random) as OrgId;
  const slug = await deps.db.transaction(async (tx) => {
    const [taken] = await tx.select({ id: users.id }).from(users).where(eq(users.email, email));
    if (taken)
      throw new AppError("conflict", "There is an account with this e-mail address. Sign in, or reset the password.", {
        fields: [{ path: "email", message: "already has an account" }],
      });
    const free = await freeSlug(tx, slugOf(input.organisation, "org"), deps);
    const name = input.name?.trim() || email.split("@")[0]!;
    await tx.insert(users).values({ id: userId, email, name, passwordHash });
    await tx.insert(organisations).values({ id: orgId, slug: free, name: input.organisation.trim() });
    await tx.insert(memberships).values({ orgId, userId, role: "owner" });
    const teamId = newId("tem", now, deps.random) as TeamId;
    await tx.insert(teams).values({ id: teamId, orgId, slug: "default", name: "Default" });
    await recordAudit(
      tx,
      {
        deps,
        org: { id: orgId, slug: free, name: input.organisation },
        actor: { kind: "user", id: userId, name: email },
      },
      { action: "organisation.create", target: { kind: "organisation", id: orgId, name: input.organisation.trim() } },
    );
    return free;
  });
  await sendVerification(deps, { id: userId, email });
  return { org: slug };
}

async function freeSlug(tx: Tx, wanted: string, deps: Deps): Promise<string> {
  const [taken] = await tx.select({ id: organisations.id }).from(organisations).where(eq(organisations.slug, wanted));
  if (!taken && !RESERVED.has(wanted)) return wanted;
  return `${wanted.slice(0, 34)}-${base32(deps.random(3))}`;
}
