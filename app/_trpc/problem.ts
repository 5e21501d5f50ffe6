/** What went wrong, as the console's procedures say it, whatever threw it. */
export interface Problem {
  /** The class of the error (`invalid`, `conflict`, `unavailable`, …) or `offline` when no answer came. */
  code: string;
  /** One sentence for people: what happened and what to do. */
  message: string;
  fields: { path: string; message: string; line?: number }[];
  /** Trying the same again may well succeed. */
  passing: boolean;
}

export function problemOf(error: unknown): Problem {
  const data = dataOf(error);
  if (!data?.appCode)
    return {
      code: "offline",
      message: "The console did not answer. Check your connection and try again.",
      fields: [],
      passing: true,
    };
  return {
    code: data.appCode,
    message: error instanceof Error ? error.message : "Something went wrong. Try again.",
    fields: data.fields ?? [],
    passing: data.appCode === "unavailable" || data.appCode === "internal",
  };
}

interface WireData {
  appCode?: string;
  fields?: Problem["fields"];
}

function dataOf(error: unknown): WireData | undefined {
  if (typeof error !== "object" || error === null || !("data" in error)) return undefined;
  // The server's error formatter writes this shape on every error that it answers.
  return error.data as WireData | undefined;
}

/** The message of one field, by its name or by the last part of its path. */
export function fieldError(problem: Problem | null, name: string): string | undefined {
  const field = problem?.fields.find(
    ({ path }) => path === name || path.endsWith(`.${name}`) || path.startsWith(`${name}.`),
  );
  if (!field) return undefined;
  const text = field.message.charAt(0).toUpperCase() + field.message.slice(1);
  return field.line ? `Line ${field.line}: ${field.message}` : text;
}

const MOST_LINES = 8;

/** What is wrong with members that no field of a form shows: each by its path. `shown` are the members that have one. */
export function problemLines(problem: Problem, shown: readonly string[]): string[] {
  return problem.fields
    .filter(({ path }) => !shown.some((name) => path === name || path.startsWith(`${name}.`)))
    .slice(0, MOST_LINES)
    .map(({ path, message, line }) => `${line ? `line ${line}, ` : ""}${path}: ${message}`);
}
