import { readFileSync } from "node:fs";

/** Where a configuration lies. */
export interface ConfigurationPlace {
  /** A file, a folder, or `env://NAME`: a variable of the environment that holds the text. */
  path: string;
  /** A file that is read too, once it is there: keys that were issued over the admin address. */
  issuedKeys?: string;
  /** A text in the place of what a file holds: to see what would be served if it were written. */
  instead?: { file: string; text: string };
}

/** `NAME` of `env://NAME`. */
export function variableOf(path: string): string | undefined {
  return /^env:\/\/(.+)$/.exec(path)?.[1];
}

/** Throws where there is nothing to read. */
export function textAt(file: string, { instead }: ConfigurationPlace): string {
  if (instead?.file === file) return instead.text;
  const variable = variableOf(file);
  if (variable === undefined) return readFileSync(file, "utf8");
  const text = process.env[variable];
  if (text === undefined) throw new Error(`the environment variable ${variable} is not set`);
  return text;
}
