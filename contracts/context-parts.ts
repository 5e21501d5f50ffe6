/**
 * Variables in texts of a configuration: `$key.id`, `$claims.org.id`, `${request.header.x-tenant}`.
 */

/** A variable by its root and what follows it. */
export interface ContextVariable {
  root: ContextRoot;
  /** `metadata.plan` of `$key.metadata.plan`. */
  member: string;
}
export type ContextPart = string | ContextVariable;

/** Members of each root; a star stands for any name. */
const known = {
  key: ["id", "tags", "policies", "metadata.*"],
  claims: ["*"],
  request: ["id", "address", "method", "path", "host", "header.*", "query.*"],
  api: ["id"],
  operation: ["id"],
} as const;
export type ContextRoot = keyof typeof known;

const VARIABLE = /^(?:\{([a-z][\w.-]*)\}|([a-z][\w-]*(?:\.[\w-]+)*))/;

/** The text in parts. `$$` is a dollar sign, and so is a `$` that no lower-case letter and no brace follows. */
export function parseContextText(text: string): { parts: ContextPart[] } | { problem: string } {
  const parts: ContextPart[] = [];
  let literal = "";
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== "$") {
      literal += text[at];
      continue;
    }
    const rest = text.slice(at + 1);
    const match = VARIABLE.exec(rest);
    if (rest.startsWith("$")) at += 1;
    if (!match) {
      if (rest.startsWith("{")) return { problem: `${text.slice(at)}: expected a variable such as \${key.id}` };
      literal += "$";
      continue;
    }
    const variable = variableOf(match[1] ?? match[2]!);
    if (!variable) return { problem: `there is no variable $${match[1] ?? match[2]!}; known: ${knownNames()}` };
    if (literal !== "") parts.push(literal);
    literal = "";
    parts.push(variable);
    at += match[0].length;
  }
  if (literal !== "" || parts.length === 0) parts.push(literal);
  return { parts };
}

function variableOf(name: string): ContextVariable | undefined {
  const dot = name.indexOf(".");
  if (dot === -1 || !Object.hasOwn(known, name.slice(0, dot))) return undefined;
  // Checked on the line above.
  const root = name.slice(0, dot) as ContextRoot;
  const member = name.slice(dot + 1);
  const fits = known[root].some((shape) =>
    shape.endsWith("*") ? member.length > shape.length - 1 && member.startsWith(shape.slice(0, -1)) : member === shape,
  );
  return fits ? { root, member } : undefined;
}

function knownNames(): string {
  return Object.entries(known)
    .flatMap(([root, members]) => members.map((member) => `$${root}.${member}`))
    .join(", ");
}
