import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type YAMLMap, type Pair } from "yaml";

/** Something that is wrong with the text, by the line where it stands. */
export interface TextProblem {
  /** Absent: it is about the text as a whole. */
  line: number | undefined;
  path: string;
  message: string;
}

export type ReadSource =
  { members: Record<string, unknown>; problems: [] } | { members: undefined; problems: TextProblem[] };

/** What is known of a text before the control plane is asked. */
export interface SourceRules {
  /** A line that such a text may hold, for those who wrote no member. */
  example: string;
  /** Members of a file that have another place in the console, and where it is. */
  elsewhere: Record<string, string>;
  /** Whether a text without members says something: that nothing is set. */
  mayBeEmpty: boolean;
}

/** The members of a text in YAML or JSON. What they may hold is for the control plane to say. */
export function readSource(text: string, { example, elsewhere, mayBeEmpty }: SourceRules): ReadSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = [...document.errors, ...document.warnings].map(({ linePos, message }) => ({
    line: linePos?.[0].line,
    path: "",
    // The parser adds the place and a drawing of it below its sentence.
    message: message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, ""),
  }));
  if (broken.length > 0) return { members: undefined, problems: broken };
  if (document.contents === null && mayBeEmpty) return { members: {}, problems: [] };
  if (!isMap(document.contents))
    return refused({ line: 1, path: "", message: `expected members by name, such as ${example}` });
  const lineOf = linesOf(document, lines);
  const strays = Object.entries(elsewhere)
    .filter(([name]) => document.has(name))
    .map(([path, message]) => ({ line: lineOf(path), path, message }));
  if (strays.length > 0) return { members: undefined, problems: strays };
  return valueOf(document);
}

/** Aliases of aliases could grow without end; the parser stops them. */
function valueOf(document: Document): ReadSource {
  try {
    // A map whose names are texts: the root was looked at.
    return { members: document.toJS() as Record<string, unknown>, problems: [] };
  } catch (cause) {
    return refused({ line: undefined, path: "", message: cause instanceof Error ? cause.message : String(cause) });
  }
}

const refused = (problem: TextProblem): ReadSource => ({ members: undefined, problems: [problem] });

/** The line of what a refusal names by a dotted path; where it is not there, of what it should be in. In their order. */
export function placed(text: string, fields: readonly { path: string; message: string }[]): TextProblem[] {
  const lines = new LineCounter();
  const lineOf = linesOf(parseDocument(text, { lineCounter: lines }), lines);
  return fields
    .map(({ path, message }) => ({ line: lineOf(path), path, message }))
    .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function linesOf(document: Document, lines: LineCounter) {
  const lineAt = (node: unknown): number | undefined => {
    const range = (node as { range?: [number, ...unknown[]] | null } | null)?.range;
    return range ? lines.linePos(range[0]).line : undefined;
  };
  const below = (node: unknown, path: string): number | undefined => {
    if (path === "") return undefined;
    if (isSeq(node)) {
      const [index = "", ...rest] = path.split(".");
      const entry = node.items[Number(index)];
      return entry === undefined ? undefined : (below(entry, rest.join(".")) ?? lineAt(entry));
    }
    if (!isMap(node)) return undefined;
    const pair = memberOf(node, path);
    if (!pair) return undefined;
    return below(pair.value, path.slice(nameOf(pair).length + 1)) ?? lineAt(pair.key);
  };
  return (path: string) => below(document.contents, path);
}

/** Names may hold dots themselves (`v1.2`): the longest that fits is meant. */
function memberOf(map: YAMLMap, path: string): Pair | undefined {
  return map.items
    .filter((pair) => path === nameOf(pair) || path.startsWith(`${nameOf(pair)}.`))
    .toSorted((a, b) => nameOf(b).length - nameOf(a).length)[0];
}

function nameOf({ key }: Pair): string {
  const value = isScalar(key) ? key.value : "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
