import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "#tools/bundle.ts";
import { consoleUrl, ordersUrl } from "../fixtures/environment.ts";

/** What `npm run seed -- <scenario> --json` prints. */
export interface Seeded {
  email: string;
  password: string;
  org: string;
  apiToken: string;
  environment: string;
  clusters: { id: string; kind: string; endpoint: string | null }[];
  api: string;
}

/** Runs the seed as anybody does: its own process, on the console of these specs. */
export async function seed(scenario: "demo" | "empty", email: string): Promise<Seeded> {
  const args = [
    join(repository, "tools/seed/main.ts"),
    scenario,
    "--json",
    "--email",
    email,
    "--upstream",
    ordersUrl(),
  ];
  const env: Record<string, string> = { PATH: process.env.PATH ?? "", CAUSEWAY_PUBLIC_URL: consoleUrl() };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: env as NodeJS.ProcessEnv });
  return JSON.parse(stdout) as Seeded;
}

/** The public API with the seeded tenant's token. */
export async function rest<T>(seeded: Seeded, path: string, body?: object, method = "POST"): Promise<T> {
  const headers = { authorization: `Bearer ${seeded.apiToken}`, "content-type": "application/json" };
  const init = body ? { method, headers, body: JSON.stringify(body) } : { headers };
  const answer = await fetch(`${consoleUrl()}/api/v1${path}`, init);
  if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}
