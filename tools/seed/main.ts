import { TRPCClientError } from "@trpc/client";
import { organisations, password } from "./demo-tenant.ts";
import { makeDemo, type Demo } from "./make-demo.ts";
import { demandConsole, openAccount, type Account } from "./open-account.ts";
import { readArguments, type SeedArguments } from "./read-arguments.ts";
import { restClient } from "./rest-client.ts";
import { SeedFailed } from "./seed-failed.ts";
import { startUpstream } from "./start-upstream.ts";

/** What a scenario without an environment has of one. */
const nothing = { environment: null, clusters: [], api: null, key: null };

/**
 * Deterministic tenants on a running console, made through what anybody may use: its sign-up and its REST API. A second
 * run finds the account by its address and ends in the same tenant, with a new API token and new keys.
 */
try {
  const wanted = readArguments(process.argv.slice(2), process.env);
  const tell = (line: string) => void (wanted.json || console.log(line));
  await demandConsole(wanted.consoleUrl);
  const person = { email: wanted.email, password, organisation: organisations[wanted.scenario] };
  const account = await openAccount(wanted.consoleUrl, person);
  tell(`${person.organisation} has an account: ${person.email}`);
  const made = wanted.scenario === "demo" ? await demo(wanted, account, tell) : nothing;
  print(wanted, { consoleUrl: wanted.consoleUrl, email: person.email, password, ...account, ...made });
} catch (error) {
  const told = error instanceof SeedFailed || error instanceof TRPCClientError;
  console.error(told ? error.message : error);
  process.exitCode = 1;
}

async function demo({ consoleUrl, upstream }: SeedArguments, { apiToken }: Account, tell: (line: string) => void) {
  return makeDemo(restClient(consoleUrl, apiToken), upstream ?? (await startUpstream(consoleUrl)), tell);
}

type Made = { consoleUrl: string; email: string; password: string } & Account & (Demo | typeof nothing);

function print({ json }: SeedArguments, made: Made): void {
  if (json) return console.log(JSON.stringify(made));
  const { consoleUrl, email, password, org, environment, clusters, key } = made;
  console.log(`\nOpen ${consoleUrl}/sign-in and sign in as ${email} with the password: ${password}`);
  console.log(`  ${consoleUrl}/${[org, environment].filter(Boolean).join("/")}`);
  const endpoint = clusters.find((cluster) => cluster.endpoint)?.endpoint;
  if (endpoint) console.log(`  curl ${endpoint}/orders/orders -H "Authorization: Bearer ${key}"`);
}
