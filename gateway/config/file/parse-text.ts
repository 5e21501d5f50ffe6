import { isNode, LineCounter, parseDocument, type Document } from "yaml";
import { messageOf } from "#base/errors.ts";

/** Uses of one anchor. */
const MAX_ALIASES = 1_000;
/** After a broken line most of what follows is broken by it. */
const MOST_SYNTAX_ERRORS = 10;

const EMPTY = "the file is empty; expected apis, policies, keys, certificates or settings, or {} for none of them";

export type ParsedText = { value: unknown } | { faults: { line: number; message: string }[] };

/** The value that a text of YAML or JSON stands for. Where its parts stand is found out when a problem asks: `lineFinder`. */
export function parseText(text: string): ParsedText {
  // What an editor that truncates and writes leaves for a moment would read as a configuration without a single API.
  if (text.trim() === "") return { faults: [{ line: 1, message: EMPTY }] };
  const quick = parseJson(text);
  if (quick !== undefined) return quick;
  const lines = new LineCounter();
  try {
    const document = parseYaml(text, lines);
    const faults = document.errors
      .slice(0, MOST_SYNTAX_ERRORS)
      .map(({ pos, message }) => ({ line: lines.linePos(pos[0]).line, message: inWords(message) }));
    if (faults.length > 0) return { faults };
    // Aliases are read with a bound: a few lines of them can stand for more than any memory holds.
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    return { faults: [{ line: 1, message: inWords(messageOf(error)) }] };
  }
}

/** Finds the line of a part of a text, by the deepest part of its path that is there. */
export function lineFinder(text: string): (path: readonly PropertyKey[]) => number {
  // Parsed anew, and let go of when memory is wanted: a tree of places is many times what it stands for.
  let kept: WeakRef<Tree> | undefined;
  return (path) => {
    const { document, lines } = kept?.deref() ?? treeOf(text);
    kept = new WeakRef({ document, lines });
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
}

interface Tree {
  document: Document.Parsed;
  lines: LineCounter;
}

function treeOf(text: string): Tree {
  const lines = new LineCounter();
  return { document: parseYaml(text, lines), lines };
}

function parseYaml(text: string, lineCounter: LineCounter): Document.Parsed {
  return parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true });
}

/**
 * A text that is JSON, by the engine's parser, which is a hundred times as fast. It takes the last of two members of one
 * name in silence, so that their number is compared; whatever is amiss is left to the parser that can say where.
 */
function parseJson(text: string): { value: unknown } | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return namesIn(text) === membersIn(value) ? { value } : undefined;
  } catch {
    // Not JSON, or nested too deeply: both are told by the other parser.
    return undefined;
  }
}

function namesIn(text: string): number {
  let names = 0;
  for (const [, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) if (colon !== undefined) names += 1;
  return names;
}

function membersIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const parts: unknown[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : parts.length;
  return parts.reduce<number>((sum, part) => sum + membersIn(part), own);
}

function inWords(message: string): string {
  // What a parser that goes down a level a call says of a text without an end to its levels.
  if (message.includes("call stack")) return "expected a configuration; this is nested too deeply";
  return message.replace(/\s*\n\s*/g, " ");
}
