import type { Problem } from "./problem.ts";

/** One file of a configuration, with the places of its values. */
export interface SourceDocument {
  file: string;
  folder: string;
  value: unknown;
  problemAt(path: readonly PropertyKey[], message: string): Problem;
}
