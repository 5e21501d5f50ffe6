import { writtenPath } from "#contracts/api/path-text.ts";

/** One segment of a path template: literal text around parameters (`{id}`, `{name}.json`), or the rest of the path. */
type Segment =
  | { kind: "literal"; text: string }
  | { kind: "parameters"; names: string[]; literals: string[] }
  | { kind: "rest"; name: string };

/** A parsed path template, `/orders/{id}` or, for rewrites, with a trailing `{rest*}`. */
export interface Template {
  text: string;
  segments: Segment[];
}

export function parseTemplate(text: string): Template {
  const segments = text.split("/").slice(1).map(parseSegment);
  const rest = segments.findIndex((segment) => segment.kind === "rest");
  if (rest !== -1 && rest !== segments.length - 1) throw new Error(`${text}: {name*} may only stand at the end`);
  return { text, segments };
}

function parseSegment(text: string): Segment {
  const rest = /^\{([A-Za-z_][\w-]*)\*\}$/.exec(text);
  if (rest) return { kind: "rest", name: rest[1]! };
  const names: string[] = [];
  const literals = text
    .replace(/\{([^{}]*)\}/g, (_all, name: string) => {
      names.push(name);
      return "\u0000";
    })
    .split("\u0000");
  if (names.length === 0) return { kind: "literal", text: writtenPath(text) };
  return { kind: "parameters", names, literals: literals.map(writtenPath) };
}

/** The parameters' raw (still encoded) values, or `undefined` when the path has another shape. */
export function matchTemplate(template: Template, path: string): Record<string, string> | undefined {
  const parts = path.split("/").slice(1);
  const values: Record<string, string> = {};
  for (const [index, segment] of template.segments.entries()) {
    if (segment.kind === "rest") {
      values[segment.name] = parts.slice(index).join("/");
      return values;
    }
    const part = parts[index];
    if (part === undefined || !matchSegment(segment, part, values)) return undefined;
  }
  return parts.length === template.segments.length ? values : undefined;
}

/** Whether one segment of a path fits; parameters are never empty. Linear in the text: no pattern engine is involved. */
export function matchSegment(segment: Segment, part: string, values?: Record<string, string>): boolean {
  if (segment.kind === "rest") return true;
  if (segment.kind === "literal") return segment.text === part;
  const { literals, names } = segment;
  if (!part.startsWith(literals[0]!)) return false;
  let at = literals[0]!.length;
  for (const [index, name] of names.entries()) {
    const following = literals[index + 1]!;
    const isLast = index === names.length - 1;
    const end = isLast ? part.length - following.length : part.indexOf(following, at + 1);
    if (end <= at || !part.startsWith(following, end)) return false;
    if (values) values[name] = part.slice(at, end);
    at = end + following.length;
  }
  return at === part.length;
}

/** Puts values into a template such as a rewrite's `to`; a name without a value is an error at load, see `namesOf`. */
export function fillTemplate(template: Template, values: Record<string, string>): string {
  let path = "";
  for (const segment of template.segments) {
    path += "/";
    if (segment.kind === "literal") path += segment.text;
    else if (segment.kind === "rest") path += values[segment.name] ?? "";
    else segment.literals.forEach((literal, index) => (path += literal + (values[segment.names[index]!] ?? "")));
  }
  return path;
}

export function namesOf(template: Template): string[] {
  return template.segments.flatMap((segment) => {
    if (segment.kind === "literal") return [];
    return segment.kind === "rest" ? [segment.name] : segment.names;
  });
}
