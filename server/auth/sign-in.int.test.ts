import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bootConsole, type TestConsole } from "../testkit/boot-console.ts";
import { callerFor, freshAddress, freshEmail, PASSWORD, signUpPerson } from "../testkit/tenants.ts";
import { freePort } from "#tools/testing/free-port.ts";
import { signIn } from "./sign-in.ts";
import { rules, throttle } from "./throttle.ts";
import { networkOf } from "./trusted-proxies.ts";

let console: TestConsole;
beforeAll(async () => {
  console = await bootConsole();
});
afterAll(() => console.stop());

const attempt = (email: string, password: string, address = freshAddress()) =>
  signIn(console.deps, { email, password }, { address, userAgent: "vitest" });
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => "signed in",
    ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
  );

test("the right password opens a session, however the address is written", async () => {
  const { person } = await signUpPerson(console.deps, "Harbour");
  const { sessionId, email } = await attempt(` ${person.email.toUpperCase()}`, PASSWORD);
  expect(sessionId).toMatch(/^ses_/);
  expect(email).toBe(person.email);
});

test("a wrong password and an unknown account get one answer, for one amount of work", async () => {
  const { person } = await signUpPerson(console.deps, "Harbour");
  const wrong: number[] = [];
  const unknown: number[] = [];
  const answers = new Set<string>();
  for (let turn = 0; turn < 7; turn += 1)
    for (const [email, took] of [
      [person.email, wrong],
      [freshEmail("nobody"), unknown],
    ] as const) {
      const started = performance.now();
      answers.add(await refusalOf(attempt(email, "not the password")));
      took.push(performance.now() - started);
    }
  expect([...answers]).toEqual(["unauthenticated: This e-mail address and password do not match."]);
  // Without the decoy an unknown account answers in a tenth of the time.
  expect(median(unknown)).toBeGreaterThan(median(wrong) / 2);
});

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

test("an account is closed to guessing after ten failures, from wherever they come, and says for how long", async () => {
  const { person } = await signUpPerson(console.deps, "Guessed");
  for (let guess = 0; guess < rules.signInByAccount.limit; guess += 1)
    expect(await refusalOf(attempt(person.email, `guess ${guess}`))).toMatch(/^unauthenticated/);
  await expect(attempt(person.email, PASSWORD)).rejects.toMatchObject({
    code: "rate_limited",
    retryAfterSeconds: expect.closeTo(890, -2) as number,
  });
});

test("a success forgives the failures before it", async () => {
  const { person } = await signUpPerson(console.deps, "Clumsy");
  for (let round = 0; round < 2; round += 1) {
    for (let slip = 1; slip < rules.signInByAccount.limit; slip += 1)
      expect(await refusalOf(attempt(person.email, "a slip"))).toMatch(/^unauthenticated/);
    await attempt(person.email, PASSWORD);
  }
});

test("typing the password again counts its failures too, and a success forgives them", async () => {
  const { person } = await signUpPerson(console.deps, "Careful");
  const { reauthenticate } = person.caller.auth;
  for (let round = 0; round < rules.signInByAccount.limit + 2; round += 1) await reauthenticate({ password: PASSWORD });
  for (let guess = 0; guess < rules.signInByAccount.limit; guess += 1)
    await expect(reauthenticate({ password: "a guess" })).rejects.toMatchObject({ cause: { code: "invalid" } });
  await expect(reauthenticate({ password: PASSWORD })).rejects.toMatchObject({ cause: { code: "rate_limited" } });
});

test("an address that tries many accounts is closed; its neighbours in one IPv6 network with it, others not", async () => {
  const address = "2001:db8:77:1::1";
  const rule = rules.signInByAddress;
  for (let turn = 1; turn < rule.limit; turn += 1) await throttle(console.deps.redis, rule, networkOf(address));
  expect(await refusalOf(attempt(freshEmail("spray"), "a", address))).toMatch(/^unauthenticated/);
  const email = freshEmail("spray");
  for (const neighbour of [address, "2001:db8:77:1:ffff::9"])
    expect(await refusalOf(attempt(email, "a", neighbour))).toMatch(/^rate_limited/);
  expect(await refusalOf(attempt(email, "a", "2001:db8:77:2::1"))).toMatch(/^unauthenticated/);
});

test("sign-up, sign-in, reset and typing the password again are refused while Redis cannot be asked", async () => {
  const { person } = await signUpPerson(console.deps, "Dark");
  const redis = new Redis({ port: await freePort(), host: "127.0.0.1", maxRetriesPerRequest: 1 });
  redis.on("error", () => {
    // Refused connections are what this test is about.
  });
  const deps = { ...console.deps, redis };
  const { auth } = callerFor(deps, person.session);
  const { email } = person;
  const credentials = { email, password: PASSWORD };
  const unavailable = { code: "unavailable", retryAfterSeconds: 30 };
  await expect(signIn(deps, credentials, { address: freshAddress(), userAgent: "" })).rejects.toMatchObject(
    unavailable,
  );
  for (const refused of [
    auth.signUp({ email: freshEmail("late"), password: PASSWORD, organisation: "Late" }),
    auth.requestReset({ email }),
    auth.reauthenticate({ password: PASSWORD }),
  ])
    await expect(refused).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", cause: unavailable });
  redis.disconnect();
});
