import { UsageError } from "#gateway/usage-error.ts";
import type { Problem } from "./problem.ts";

/** Every problem of a configuration, one line each: `file:line: path: what was expected`. */
export class ConfigurationError extends UsageError {}

export function lineOf({ file, line, path, message }: Problem): string {
  return `${file}:${line}: ${path || "(top level)"}: ${message}`;
}
