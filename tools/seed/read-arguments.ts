import { parseArgs } from "node:util";
import { SeedFailed } from "./seed-failed.ts";

export const scenarios = ["demo", "empty"] as const;
export type Scenario = (typeof scenarios)[number];

export interface SeedArguments {
  scenario: Scenario;
  consoleUrl: string;
  email: string;
  /** Where the demo's APIs send their calls; absent: the seed's own small service. */
  upstream?: string;
  json: boolean;
}

const USAGE = `npm run seed -- <${scenarios.join("|")}> [--json] [--upstream [URL]] [--email ADDRESS]`;

/** `demo --json --upstream http://127.0.0.1:4000`; `--upstream` alone is the default said aloud. */
export function readArguments(args: string[], env: Record<string, string | undefined>): SeedArguments {
  const { values, positionals } = parse(withoutBareUpstream(args));
  const scenario = scenarios.find((name) => name === positionals[0]);
  if (!scenario || positionals.length !== 1) throw new SeedFailed(`Say which scenario to make: ${USAGE}`);
  const { json = false, upstream, email = `${scenario}@causeway.example` } = values;
  if (upstream !== undefined && !/^https?:$/.test(URL.parse(upstream)?.protocol ?? ""))
    throw new SeedFailed(`--upstream takes an http:// or https:// URL, not ${upstream}`);
  return { scenario, consoleUrl: consoleUrlOf(env), email, upstream, json };
}

function parse(args: string[]) {
  const options = {
    json: { type: "boolean" },
    upstream: { type: "string" },
    email: { type: "string" },
  } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (cause) {
    throw new SeedFailed(`These arguments are not understood. ${USAGE}`, { cause });
  }
}

/** `parseArgs` knows no options whose value may be left out. */
function withoutBareUpstream(args: string[]): string[] {
  return args.filter((arg, index) => arg !== "--upstream" || /^[^-]/.test(args[index + 1] ?? ""));
}

/** The running console that scripts speak to. */
export function consoleUrlOf(env: Record<string, string | undefined>): string {
  const url = env.CAUSEWAY_PUBLIC_URL ?? `http://localhost:${env.CAUSEWAY_PORT ?? 3000}`;
  return url.replace(/\/$/, "");
}
