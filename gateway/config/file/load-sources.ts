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
    document = parseDocument(readFileSync(file, "utf8"), { lineCounter: lines, prettyErrors: false });
  } catch (error) {
    problems.push({ file, line: 1, path: "", message: messageOf(error) });
    return undefined;
  }
  for (const error of document.errors)
    problems.push({ file, line: lines.linePos(error.pos[0]).line, path: "", message: error.message });
  if (document.errors.length > 0) return undefined;
  const problemAt = (path: readonly PropertyKey[], message: string): Problem => ({
    file,
    line: lineOf(document, lines, path),
    path: dotted(path),
    message,
  });
  return { file, folder: dirname(file), value: document.toJS(), problemAt };
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
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${String(part)}`))
    .join("");
}
