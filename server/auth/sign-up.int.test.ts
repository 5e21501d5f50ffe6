import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { users } from "#drizzle/console/schema.ts";
import { bootConsole, type TestConsole } from "../testkit/boot-console.ts";
import { tokenFromLetter } from "../testkit/letters.ts";
import { callerFor, freshAddress, freshEmail, PASSWORD, signInPerson, signUpPerson } from "../testkit/tenants.ts";
import { FakeClock } from "#base/clock.ts";
import { signUp } from "./sign-up.ts";

const clock = new FakeClock(Date.now());
let console: TestConsole;
beforeAll(async () => {
  console = await bootConsole({ clock });
});
afterAll(() => console.stop());

const join = (email: string, organisation = "Harbour") =>
  signUp(console.deps, { email, password: PASSWORD, organisation }, freshAddress());

test("a person gets an organisation that they own, with a team and the first entry of its chain", async () => {
  const { org, person } = await signUpPerson(console.deps, "Ångström & Söhne");
  expect(org).toBe("angstrom-sohne");
  expect((await person.caller.auth.me()).workspaces).toMatchObject([{ slug: org, role: "owner" }]);
  expect((await person.caller.organisation.get({ org })).teams).toMatchObject([{ slug: "default" }]);
  expect((await person.caller.audit.list({ org })).items).toMatchObject([{ seq: 1, action: "organisation.create" }]);
});

test("an address is one account, however it is written", async () => {
  const email = freshEmail("ada");
  await join(email);
  await expect(join(` ${email.toUpperCase()} `)).rejects.toMatchObject({
    code: "conflict",
    fields: [{ path: "email" }],
  });
});

test("of two sign-ups with one address at once, one is told that it exists", async () => {
  const email = freshEmail("twin");
  const outcomes = await Promise.allSettled([join(email), join(email)]);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "conflict" } });
});

test("two organisations of one name, even at once, have two slugs; names of pages are nobody's", async () => {
  const made = await Promise.all([join(freshEmail("a"), "Twins"), join(freshEmail("b"), "Twins")]);
  const slugs = made.map(({ org }) => org).toSorted();
  expect(slugs[0]).toBe("twins");
  expect(slugs[1]).toMatch(/^twins-[0-9a-z]{5}$/);
  expect((await join(freshEmail("c"), "Sign up")).org).toMatch(/^sign-up-[0-9a-z]{5}$/);
});

test("a password is kept as a hash, and a short one is refused", async () => {
  const { person } = await signUpPerson(console.deps, "Harbour");
  const [row] = await console.deps.db.select().from(users).where(eq(users.email, person.email));
  expect(row!.passwordHash).toMatch(/^argon2id\$19456\$2\$1\$/);
  const short = callerFor(console.deps, null).auth.signUp({
    email: freshEmail("short"),
    password: "too short",
    organisation: "Harbour",
  });
  await expect(short).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

test("the letter's link verifies the address once, and a second environment waits for it", async () => {
  const { org, person } = await signUpPerson(console.deps, "Careful");
  const homeRegion = console.deps.regions[0]!.id;
  await person.caller.environment.create({ org, name: "One", homeRegion });
  const second = person.caller.environment.create({ org, name: "Two", homeRegion });
  await expect(second).rejects.toMatchObject({ code: "FORBIDDEN", cause: { code: "needs_verification" } });
  const token = await tokenFromLetter(console.deps, person.email, "Verify your e-mail address");
  const anyone = callerFor(console.deps, null);
  await anyone.auth.verifyEmail({ token });
  await expect(anyone.auth.verifyEmail({ token })).rejects.toMatchObject({ cause: { code: "gone" } });
  const again = await signInPerson(console.deps, person.email);
  expect((await again.caller.auth.me()).emailVerified).toBe(true);
  await again.caller.environment.create({ org, name: "Two", homeRegion });
});

test("a verification link has an end, is no reset link, and a new one can be asked for", async () => {
  const { person } = await signUpPerson(console.deps, "Slow");
  const subject = "Verify your e-mail address";
  const anyone = callerFor(console.deps, null);
  const token = await tokenFromLetter(console.deps, person.email, subject);
  await expect(anyone.auth.reset({ token, password: PASSWORD })).rejects.toMatchObject({ cause: { code: "gone" } });
  clock.advance(3 * 86_400_000);
  await expect(anyone.auth.verifyEmail({ token })).rejects.toMatchObject({ cause: { code: "gone" } });
  await person.caller.auth.resendVerification();
  await anyone.auth.verifyEmail({ token: await tokenFromLetter(console.deps, person.email, subject) });
});
