import type { SourceDocument } from "./source-document.ts";
import type { Problem } from "./problem.ts";

interface Part<Settings> {
  document: SourceDocument;
  value: { settings: Settings } | undefined;
}

/** The settings that one file of a configuration writes; those of a second could only hide them, and are a problem. */
export function settingsOf<Settings>(parts: readonly Part<Settings>[], problems: Problem[]): Settings | undefined {
  const [first, ...others] = parts.filter(({ document: { value } }) => Object.hasOwn(Object(value), "settings"));
  for (const { document } of others)
    problems.push(document.problemAt(["settings"], `are written already in ${first!.document.file}; keep one of them`));
  return (first ?? parts[0])?.value?.settings;
}
