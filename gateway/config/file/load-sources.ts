import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf } from "#base/errors.ts";
import { textAt, variableOf, type ConfigurationPlace } from "./configuration-place.ts";
import type { FileMemory } from "./file-memory.ts";
import { lineFinder, parseText } from "./parse-text.ts";
import type { Problem } from "./problem.ts";
import type { SourceDocument } from "./source-document.ts";

const EXTENSIONS = /\.(ya?ml|json)$/i;

/**
 * A file, the YAML and JSON files of a folder in the order of their names, or a variable; then the keys that were issued
 * beside them. JSON is YAML here, so errors have lines too.
 */
export function loadSources(
  place: ConfigurationPlace,
  memory: FileMemory,
): { documents: SourceDocument[]; problems: Problem[]; files: string[] } {
  const { path, issuedKeys, instead } = place;
  const problems: Problem[] = [];
  const files: string[] = [];
  try {
    files.push(...(variableOf(path) === undefined && statSync(path).isDirectory() ? filesOf(path) : [path]));
    if (files.length === 0)
      problems.push({ file: path, line: 1, path: "", message: "the folder holds no .yaml, .yml or .json file" });
  } catch (error) {
    const message = `${messageOf(error)}; expected a YAML or JSON file, a folder of them, or env://NAME`;
    problems.push({ file: path, line: 1, path: "", message });
  }
  if (issuedKeys !== undefined && (instead?.file === issuedKeys || existsSync(issuedKeys))) files.push(issuedKeys);
  const documents = files.flatMap((file) => loadSource(file, place, problems, memory) ?? []);
  return { documents, problems, files };
}

/** Documents that APIs point to often lie beside the configuration: they are not ours. */
function filesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => EXTENSIONS.test(name) && !name.startsWith("."))
    .sort()
    .map((name) => join(folder, name))
    .filter((file) => !isOpenApi(readFileSync(file, "utf8")));
}

/** `openapi` at its outermost level, by the text alone: an API of ours says `openapi` too, further in. */
function isOpenApi(text: string): boolean {
  if (!/^\s*\{/.test(text)) return /^["']?(openapi|swagger)["']?\s*:/m.test(text);
  try {
    const value = JSON.parse(text) as object;
    return "openapi" in value || "swagger" in value;
  } catch {
    // YAML in braces, or JSON with a mistake: whoever reads it will tell.
    return /^\s*\{\s*["']?(openapi|swagger)["']?\s*:/.test(text);
  }
}

function loadSource(
  file: string,
  place: ConfigurationPlace,
  problems: Problem[],
  memory: FileMemory,
): SourceDocument | undefined {
  let text: string;
  try {
    text = textAt(file, place);
  } catch (error) {
    problems.push({ file, line: 1, path: "", message: messageOf(error) });
    return undefined;
  }
  return memory.source(file, text, () => {
    const parsed = parseText(text);
    if ("value" in parsed) return sourceOf(file, text, parsed.value);
    problems.push(...parsed.faults.map((fault) => ({ file, path: "", ...fault })));
    return undefined;
  });
}

function sourceOf(file: string, text: string, value: unknown): SourceDocument {
  const lineAt = lineFinder(text);
  const problemAt = (path: readonly PropertyKey[], message: string): Problem => {
    return { file, line: lineAt(path), path: dotted(path), message };
  };
  return { file, folder: variableOf(file) === undefined ? dirname(file) : process.cwd(), value, problemAt };
}

function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${shown(String(part))}`))
    .join("");
}

/** A name as it is; one that would break the line, or fill it, cut and in quotes. */
function shown(name: string): string {
  return /^[^\p{Cc}\u2028\u2029]{1,200}$/u.test(name) ? name : JSON.stringify(name.slice(0, 200));
}
