import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { isNode, LineCounter, parseDocument, type Document } from "yaml";
import { messageOf } from "#base/errors.ts";
import type { Problem } from "./problem.ts";

/** One file of a configuration, with the places of its values. */
export interface SourceDocument {
  file: string;
  folder: string;
  value: unknown;
  problemAt(path: readonly PropertyKey[], message: string): Problem;
}

/** Uses of one anchor. */
const MAX_ALIASES = 1_000;
/** After a broken line most of what follows is broken by it. */
const MOST_SYNTAX_ERRORS = 10;
const EXTENSIONS = /\.(ya?ml|json)$/i;

/** A file, or the YAML and JSON files of a folder in the order of their names. JSON is YAML here, so errors have lines too. */
export function loadSources(path: string): { documents: SourceDocument[]; problems: Problem[]; files: string[] } {
  const problems: Problem[] = [];
  let files: string[] = [];
  try {
    files = statSync(path).isDirectory() ? filesOf(path) : [path];
    if (files.length === 0)
      problems.push({ file: path, line: 1, path: "", message: "the folder holds no .yaml, .yml or .json file" });
  } catch (error) {
    problems.push({ file: path, line: 1, path: "", message: messageOf(error) });
  }
  const documents = files.flatMap((file) => loadSource(file, problems) ?? []);
  return { documents, problems, files };
}

/** Documents that APIs point to often lie beside the configuration: a file with `openapi:` at its top is not ours. */
function filesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => EXTENSIONS.test(name) && !name.startsWith("."))
    .sort()
    .map((name) => join(folder, name))
    .filter((file) => !/^\s*["']?(openapi|swagger)["']?\s*:/m.test(readFileSync(file, "utf8").slice(0, 4_096)));
}

function loadSource(file: string, problems: Problem[]): SourceDocument | undefined {
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    document = parseDocument(readFileSync(file, "utf8"), { lineCounter: lines, prettyErrors: false, stringKeys: true });
  } catch (error) {
    problems.push({ file, line: 1, path: "", message: inWords(messageOf(error)) });
    return undefined;
  }
  for (const { pos, message } of document.errors.slice(0, MOST_SYNTAX_ERRORS))
    problems.push({ file, line: lines.linePos(pos[0]).line, path: "", message: inWords(message) });
  if (document.errors.length > 0) return undefined;
  const value = valueOf(document);
  if ("problem" in value) {
    problems.push({ file, line: 1, path: "", message: value.problem });
    return undefined;
  }
  const problemAt = (path: readonly PropertyKey[], message: string): Problem => ({
    file,
    line: lineOf(document, lines, path),
    path: dotted(path),
    message,
  });
  return { file, folder: dirname(file), value: value.read, problemAt };
}

/** Aliases are read with a bound: a few lines of them can stand for more than any memory holds. */
function valueOf(document: Document.Parsed): { read: unknown } | { problem: string } {
  try {
    return { read: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    return { problem: inWords(messageOf(error)) };
  }
}

function inWords(message: string): string {
  // What a parser that goes down a level a call says of a text without an end to its levels.
  if (message.includes("call stack")) return "expected a configuration; this is nested too deeply";
  return message.replace(/\s*\n\s*/g, " ");
}

/** The line of the deepest part of the path that is there: a missing member is reported where it should stand. */
function lineOf(document: Document.Parsed, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
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
