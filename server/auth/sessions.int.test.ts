import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FakeClock } from "#base/clock.ts";
import { bootConsole, type TestConsole } from "../testkit/boot-console.ts";
import { callTrpc, cookieFor } from "../testkit/http-client.ts";
import { tokenFromLetter } from "../testkit/letters.ts";
import { callerFor, freshEmail, PASSWORD, signInPerson, signUpPerson, type Person } from "../testkit/tenants.ts";
import { sessionFromHeaders } from "./session-from-headers.ts";
import { loadSession, revokeSession } from "./sessions.ts";

const clock = new FakeClock(Date.now());
const DAY_MS = 86_400_000;
const NEW_PASSWORD = "a longer staple";

let console: TestConsole;
beforeAll(async () => {
  console = await bootConsole({ clock });
});
afterAll(() => console.stop());

const cookieOf = (person: Person, secret?: string) => cookieFor(console.deps, person.session.sessionId, secret);
const me = (cookie: string) => callTrpc(console.deps, "query", "auth.me", undefined, { cookie });

describe("a session", () => {
  test("is read from next-auth's cookie and lasts until the next request after it was revoked", async () => {
    const { person } = await signUpPerson(console.deps, "Harbour");
    const cookie = `theme=dark; ${await cookieOf(person)}; other=1`;
    expect((await me(cookie)).data).toMatchObject({ email: person.email });
    await revokeSession(console.deps, person.session.sessionId);
    expect(await me(cookie)).toMatchObject({ status: 401, error: { data: { appCode: "unauthenticated" } } });
  });

  test("ends everywhere at once, and for nobody else", async () => {
    const { person } = await signUpPerson(console.deps, "Harbour");
    const elsewhere = await signInPerson(console.deps, person.email);
    const { person: bystander } = await signUpPerson(console.deps, "Lighthouse");
    await callTrpc(console.deps, "mutation", "auth.signOutEverywhere", undefined, { cookie: await cookieOf(person) });
    for (const ended of [person, elsewhere]) expect((await me(await cookieOf(ended))).status).toBe(401);
    expect((await me(await cookieOf(bystander))).status).toBe(200);
  });

  test("of a forged, broken or empty cookie is none", async () => {
    const { person } = await signUpPerson(console.deps, "Harbour");
    const forged = await cookieOf(person, "another secret of some length");
    for (const cookie of [forged, `${await cookieOf(person)}x`, "next-auth.session-token=", "next-auth.session-token"])
      expect(await sessionFromHeaders(console.deps, new Headers({ cookie }))).toBeNull();
  });

  test("ends after thirty days", async () => {
    const { person } = await signUpPerson(console.deps, "Harbour");
    clock.advance(30 * DAY_MS - 1);
    expect(await loadSession(console.deps, person.session.sessionId)).not.toBeNull();
    clock.advance(1);
    expect(await loadSession(console.deps, person.session.sessionId)).toBeNull();
  });
});

describe("typing the password again", () => {
  test("opens for fifteen minutes what cannot be undone, in this session only", async () => {
    const { org, person } = await signUpPerson(console.deps, "Harbour");
    const other = await signInPerson(console.deps, person.email);
    const make = async (who: Person) =>
      callTrpc(
        console.deps,
        "mutation",
        "apiToken.create",
        { org, name: "Pipeline", role: "viewer" },
        { cookie: await cookieOf(who) },
      );
    clock.advance(15 * 60_000 + 1);
    const stale = { status: 403, error: { data: { appCode: "needs_reauthentication" } } };
    expect(await make(person)).toMatchObject(stale);
    await person.caller.auth.reauthenticate({ password: PASSWORD });
    expect((await make(person)).status).toBe(200);
    expect(await make(other)).toMatchObject(stale);
  });
});

describe("a reset by letter", () => {
  const ask = async () => {
    const { person } = await signUpPerson(console.deps, "Forgetful");
    await callerFor(console.deps, null).auth.requestReset({ email: person.email });
    return { person, token: await tokenFromLetter(console.deps, person.email, "Reset your password") };
  };
  const reset = (token: string) => callerFor(console.deps, null).auth.reset({ token, password: NEW_PASSWORD });
  const gone = { code: "NOT_FOUND", cause: { code: "gone" } };

  test("sets the password, ends every session and works once", async () => {
    const { person, token } = await ask();
    await reset(token);
    expect((await me(await cookieOf(person))).status).toBe(401);
    await expect(signInPerson(console.deps, person.email)).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(reset(token)).rejects.toMatchObject(gone);
  });

  test("is won by one of two clicks at once", async () => {
    const { token } = await ask();
    const outcomes = await Promise.allSettled([reset(token), reset(token)]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  test("ends after an hour", async () => {
    const { token } = await ask();
    clock.advance(3_600_000);
    await expect(reset(token)).rejects.toMatchObject(gone);
  });

  test("makes the other letters of the same person worthless", async () => {
    const { person, token: first } = await ask();
    clock.advance(1);
    await callerFor(console.deps, null).auth.requestReset({ email: person.email });
    await reset(await tokenFromLetter(console.deps, person.email, "Reset your password"));
    await expect(reset(first)).rejects.toMatchObject(gone);
  });

  test("says the same for an address without an account, and writes no letter", async () => {
    const email = freshEmail("nobody");
    expect(await callerFor(console.deps, null).auth.requestReset({ email })).toEqual({});
    await expect(tokenFromLetter(console.deps, email, "Reset your password")).rejects.toThrow("no letter");
  });
});

describe("a change from a page", () => {
  const signOut = async (headers: Record<string, string>) => {
    const { person } = await signUpPerson(console.deps, "Harbour");
    const cookie = await cookieOf(person);
    const answer = await callTrpc(console.deps, "mutation", "auth.signOutEverywhere", undefined, {
      cookie,
      ...headers,
    });
    return [answer.status, (await me(cookie)).status];
  };
  const host = "console.example.com";

  test.each([
    ["another site", { "sec-fetch-site": "cross-site" }],
    ["a sibling of our site", { "sec-fetch-site": "same-site" }],
    ["another origin, from a browser that sends no Sec-Fetch-Site", { host, origin: "https://evil.example" }],
    ["a page without an origin", { host, origin: "null" }],
  ])("of %s is refused and changes nothing", async (_where, headers) => {
    expect(await signOut(headers)).toEqual([403, 200]);
  });

  test.each([
    ["our own", { "sec-fetch-site": "same-origin" }],
    ["our own, from a browser that sends no Sec-Fetch-Site", { host, origin: `https://${host}` }],
  ])("of %s passes", async (_where, headers) => {
    expect(await signOut(headers)).toEqual([200, 401]);
  });

  test("is never made by a link: a mutation by GET is refused", async () => {
    const { person } = await signUpPerson(console.deps, "Harbour");
    const cookie = await cookieOf(person);
    expect((await callTrpc(console.deps, "query", "auth.signOutEverywhere", undefined, { cookie })).status).toBe(405);
    expect((await me(cookie)).status).toBe(200);
  });
});
