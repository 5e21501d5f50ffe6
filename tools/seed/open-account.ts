import { createTRPCClient, httpLink, TRPCClientError } from "@trpc/client";
import type { AppRouter } from "#server/trpc/router.ts";
import { messageOf } from "#base/errors.ts";
import { CookieJar } from "./cookie-jar.ts";
import { SeedFailed } from "./seed-failed.ts";

export interface Account {
  org: string;
  apiToken: string;
}

interface Person {
  email: string;
  password: string;
  organisation: string;
}

const TOKEN_NAME = "Seed";

/** Signs up, or in where the address has its account already, as the browser does; leaves with a fresh API token. */
export async function openAccount(consoleUrl: string, person: Person): Promise<Account> {
  const jar = new CookieJar();
  const api = createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${consoleUrl}/api/trpc`, headers: () => ({ cookie: jar.header() }) })],
  });
  await signUp(api, person);
  await signIn(consoleUrl, jar, person);
  const { workspaces } = await api.auth.me.query();
  const org = workspaces.find(({ name }) => name === person.organisation)?.slug;
  if (!org)
    throw new SeedFailed(`${person.email} has an account without ${person.organisation}. Take another with --email.`);
  // A token is shown once: what an earlier seed got is gone, and this one takes its place.
  for (const { id, name } of await api.apiToken.list.query({ org }))
    if (name === TOKEN_NAME) await api.apiToken.revoke.mutate({ org, token: id });
  const { token } = await api.apiToken.create.mutate({ org, name: TOKEN_NAME, role: "owner", expiresInDays: 90 });
  return { org, apiToken: token };
}

type Api = ReturnType<typeof createTRPCClient<AppRouter>>;

async function signUp(api: Api, person: Person): Promise<void> {
  try {
    await api.auth.signUp.mutate(person);
  } catch (error) {
    const known = error instanceof TRPCClientError && error.data?.code === "CONFLICT";
    if (!known) throw error;
  }
}

/** next-auth's own way for credentials: a token against forged requests, then the form. */
async function signIn(consoleUrl: string, jar: CookieJar, { email, password }: Person): Promise<void> {
  const asked = await fetch(`${consoleUrl}/api/auth/csrf`);
  jar.keep(asked);
  // The console is the other half of this repository; anything else fails at the next step.
  const { csrfToken } = (await asked.json()) as { csrfToken: string };
  const answer = await fetch(`${consoleUrl}/api/auth/callback/credentials`, {
    method: "POST",
    headers: { cookie: jar.header() },
    body: new URLSearchParams({ csrfToken, email, password, json: "true" }),
    redirect: "manual",
  });
  jar.keep(answer);
  if (!jar.has("next-auth.session-token"))
    throw new SeedFailed(`${email} has an account with another password. Take another address with --email.`);
}

/** Whether a console answers there at all; asked before anything is made. */
export async function demandConsole(consoleUrl: string): Promise<void> {
  try {
    await fetch(`${consoleUrl}/api/v1/openapi.json`).then((answer) => answer.json());
  } catch (cause) {
    const remedy = "Start it with npm start, or name another with CAUSEWAY_PORT or CAUSEWAY_PUBLIC_URL.";
    throw new SeedFailed(`No console answers at ${consoleUrl}. ${remedy}`, { cause: messageOf(cause) });
  }
}
