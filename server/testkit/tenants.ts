import { eq } from "drizzle-orm";
import { randomBytes } from "node:crypto";
import { base32 } from "#base/id.ts";
import type { UserId } from "#contracts/ids.ts";
import type { Role } from "#contracts/plane/claims.ts";
import { memberships, users } from "#drizzle/console/schema.ts";
import { createSession, loadSession, type Session } from "../auth/sessions.ts";
import { signIn } from "../auth/sign-in.ts";
import { signUp } from "../auth/sign-up.ts";
import type { Deps } from "../deps.ts";
import { openOrg } from "../orgs/open-org.ts";
import type { OrgScope } from "../scope.ts";
import type { Context } from "../trpc/context.ts";
import { createCaller } from "../trpc/router.ts";

export const PASSWORD = "correct horse battery";
export type Caller = ReturnType<typeof createCaller>;

/** A signed-in person. */
export interface Person {
  email: string;
  session: Session;
  caller: Caller;
}

/** An organisation with one person a role. */
export interface Tenant {
  slug: string;
  scope: OrgScope;
  people: Record<Role, Person>;
}

/** Each call comes from a network of its own (documentation range), so that no test uses up another's throttle. */
export const freshAddress = (): string =>
  `2001:db8:${Array.from({ length: 2 }, () => randomBytes(2).toString("hex")).join(":")}::1`;
export const freshEmail = (name: string): string => `${name}-${base32(randomBytes(6))}@example.com`;

export function contextFor(deps: Deps, session: Session | null, changes: Partial<Context> = {}): Context {
  return { deps, session, address: freshAddress(), sameOrigin: true, ...changes };
}

export const callerFor = (deps: Deps, session: Session | null, changes: Partial<Context> = {}): Caller =>
  createCaller(contextFor(deps, session, changes));

/** Signs a person up through the service. */
export async function signUpPerson(deps: Deps, organisation: string, email = freshEmail("ada")) {
  const { org } = await signUp(deps, { email, password: PASSWORD, organisation }, freshAddress());
  const [user] = await deps.db.select({ id: users.id }).from(users).where(eq(users.email, email));
  // A session as signing in gives one, without the work of a password: suites make dozens of people.
  return { org, person: await personOf(deps, email, await createSession(deps, user!.id, somewhere())) };
}

export async function signInPerson(deps: Deps, email: string): Promise<Person> {
  const { sessionId } = await signIn(deps, { email, password: PASSWORD }, somewhere());
  return personOf(deps, email, sessionId);
}

const somewhere = () => ({ address: freshAddress(), userAgent: "vitest" });

async function personOf(deps: Deps, email: string, sessionId: string): Promise<Person> {
  const session = await loadSession(deps, sessionId);
  if (!session) throw new Error(`${email} has no session after signing in`);
  return { email, session, caller: callerFor(deps, session) };
}

/** There is no invitation yet: members of other roles are people of their own who are entered in the register. */
export async function signUpTenant(deps: Deps, organisation: string): Promise<Tenant> {
  const { org, person } = await signUpPerson(deps, organisation);
  const now = new Date(deps.clock.now());
  await deps.db.update(users).set({ emailVerifiedAt: now }).where(eq(users.id, person.session.userId));
  const owner = await personOf(deps, person.email, person.session.sessionId);
  const scope = await openOrg(deps, owner.session, org);
  const join = async (role: Role): Promise<Person> => {
    const member = await signUpPerson(deps, `Home of a ${role}`, freshEmail(role));
    const userId: UserId = member.person.session.userId;
    await deps.db.insert(memberships).values({ orgId: scope.org.id, userId, role });
    return member.person;
  };
  const people = {
    owner,
    admin: await join("admin"),
    developer: await join("developer"),
    viewer: await join("viewer"),
  };
  return { slug: org, scope, people };
}
