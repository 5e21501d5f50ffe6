/** What `parseEnv` needs of a schema: zod's `safeParse`, without depending on zod. */
export interface EnvSchema<T> {
  safeParse(
    input: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
}

/**
 * Parses a process's environment once, at its start. Empty strings count as absent, as shells and compose files write
 * them. On a problem it prints one line a variable and ends the process with status 2.
 */
export function parseEnv<T>(schema: EnvSchema<T>, source: NodeJS.ProcessEnv = process.env): T {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const result = schema.safeParse(present);
  if (result.success) return result.data;
  for (const issue of result.error.issues)
    process.stderr.write(`environment: ${issue.path.map(String).join(".")}: ${issue.message}\n`);
  return process.exit(2);
}
