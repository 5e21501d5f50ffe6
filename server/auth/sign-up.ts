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
import { networkOf } from "./trusted-proxies.ts";
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

interface NewPerson {
  userId: UserId;
  email: string;
  name: string;
  passwordHash: string;
}

/** A person, an organisation that they own, and its first team; the letter that verifies the address is on its way. */
export async function signUp(
  deps: Deps,
  input: { email: string; password: string; organisation: string; name?: string },
  address: string,
): Promise<{ org: string }> {
  await throttle(deps.redis, rules.signUpByAddress, networkOf(address));
  const email = input.email.trim().toLowerCase();
  const person: NewPerson = {
    userId: newId("usr", deps.clock.now(), deps.random) as UserId,
    email,
    name: input.name?.trim() || email.split("@")[0]!,
    passwordHash: await hashPassword(input.password, deps.random),
  };
  const org = await deps.db.transaction(async (tx) => {
    await insertPerson(tx, person);
    return insertOrganisation(tx, deps, person, input.organisation.trim());
  });
  await sendVerification(deps, { id: person.userId, email });
  return { org };
}

/** The unique index decides, so that of two sign-ups at once one is told and none fails. */
async function insertPerson(tx: Tx, { userId, ...person }: NewPerson): Promise<void> {
  const [row] = await tx
    .insert(users)
    .values({ id: userId, ...person })
    .onConflictDoNothing()
    .returning();
  if (row) return;
  throw new AppError("conflict", "There is an account with this e-mail address. Sign in, or reset the password.", {
    fields: [{ path: "email", message: "already has an account" }],
  });
}

async function insertOrganisation(tx: Tx, deps: Deps, owner: NewPerson, name: string): Promise<string> {
  const now = deps.clock.now();
  const org = { id: newId("org", now, deps.random) as OrgId, slug: slugOf(name, "org"), name };
  org.slug = await insertUnderFreeSlug(tx, deps, org);
  await tx.insert(memberships).values({ orgId: org.id, userId: owner.userId, role: "owner" });
  const teamId = newId("tem", now, deps.random) as TeamId;
  await tx.insert(teams).values({ id: teamId, orgId: org.id, slug: "default", name: "Default" });
  const actor = { kind: "user" as const, id: owner.userId, name: owner.email };
  const target = { kind: "organisation", id: org.id, name };
  await recordAudit(tx, { deps, org, actor }, { action: "organisation.create", target });
  return org.slug;
}

/** The name's own slug, or with a random end where another has it; as with people, the index decides. */
async function insertUnderFreeSlug(tx: Tx, deps: Deps, org: typeof organisations.$inferInsert): Promise<string> {
  const withEnd = `${org.slug.slice(0, 34)}-${base32(deps.random(3))}`;
  for (const slug of RESERVED.has(org.slug) ? [withEnd] : [org.slug, withEnd]) {
    const [row] = await tx
      .insert(organisations)
      .values({ ...org, slug })
      .onConflictDoNothing()
      .returning();
    if (row) return slug;
  }
  throw new AppError("conflict", "This organisation's name is taken. Choose another one.", {
    fields: [{ path: "organisation", message: "is taken" }],
  });
}
