import { explainIssues, type SchemaIssue } from "./explain-issues.ts";

/** What `parseEnv` needs of a schema: zod's `safeParse`, without depending on zod. */
export interface EnvSchema<T> {
  safeParse(input: unknown): { success: true; data: T } | { success: false; error: { issues: readonly SchemaIssue[] } };
}

/**
 * Parses a process's environment once, at its start. Empty strings count as absent, as shells and compose files write
 * them. On a problem it prints one line a variable and ends the process with status 2.
 */
export function parseEnv<T>(schema: EnvSchema<T>, source: NodeJS.ProcessEnv = process.env): T {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const result = schema.safeParse(present);
  if (result.success) return result.data;
  for (const { path, message } of explainIssues(result.error.issues))
    process.stderr.write(`environment: ${path.map(String).join(".")}: ${message}\n`);
  return process.exit(2);
}
