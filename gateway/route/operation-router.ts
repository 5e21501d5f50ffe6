import { matchSegment, parseTemplate } from "./template.ts";

type Segment = ReturnType<typeof parseTemplate>["segments"][number];

interface Node<T> {
  literals: Map<string, Node<T>>;
  templated: { segment: Segment; node: Node<T> }[];
  methods: Map<string, T> | undefined;
}

/** `known`: the path is described, the method is not; `allow` lists those that are. */
export type OperationMatch<T> = { kind: "found"; value: T } | { kind: "known"; allow: string[] } | { kind: "none" };

const NONE: OperationMatch<never> = { kind: "none" };

/**
 * OpenAPI path templates of one API. A concrete segment wins over a templated one (OpenAPI 3.1, "Path Templating
 * Matching"); among templates the document's order decides. Paths are relative to the listen path.
 */
export class OperationRouter<T> {
  readonly #root: Node<T> = newNode();

  add(method: string, template: string, value: T): void {
    let node = this.#root;
    for (const segment of parseTemplate(template).segments) node = childFor(node, segment);
    node.methods ??= new Map();
    if (!node.methods.has(method)) node.methods.set(method, value);
  }

  find(method: string, path: string): OperationMatch<T> {
    const state: { known: Node<T> | undefined } = { known: undefined };
    const value = search(this.#root, path, 1, method, state);
    if (value !== undefined) return { kind: "found", value };
    return state.known ? { kind: "known", allow: [...state.known.methods!.keys()] } : NONE;
  }
}

function search<T>(
  node: Node<T>,
  path: string,
  start: number,
  method: string,
  state: { known: Node<T> | undefined },
): T | undefined {
  if (start > path.length) {
    if (node.methods === undefined) return undefined;
    state.known ??= node;
    // RFC 9110, 9.3.2: HEAD is GET without the body, also where the document does not say so.
    return node.methods.get(method) ?? (method === "HEAD" ? node.methods.get("GET") : undefined);
  }
  let end = path.indexOf("/", start);
  if (end === -1) end = path.length;
  const part = path.slice(start, end);
  const literal = node.literals.get(part);
  const found = literal && search(literal, path, end + 1, method, state);
  if (found !== undefined) return found;
  for (const { segment, node: child } of node.templated) {
    const value = matchSegment(segment, part) ? search(child, path, end + 1, method, state) : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

function childFor<T>(node: Node<T>, segment: Segment): Node<T> {
  if (segment.kind === "literal") {
    const child = node.literals.get(segment.text) ?? newNode<T>();
    node.literals.set(segment.text, child);
    return child;
  }
  // Two templates that differ only in a parameter's name are one place: `/a/{id}/b` and `/a/{orderId}/c`.
  const shape = shapeOf(segment);
  const existing = node.templated.find((other) => shapeOf(other.segment) === shape);
  if (existing) return existing.node;
  const child = newNode<T>();
  node.templated.push({ segment, node: child });
  return child;
}

function shapeOf(segment: Segment): string {
  return segment.kind === "parameters" ? segment.literals.join("\u0000") : "*";
}

function newNode<T>(): Node<T> {
  return { literals: new Map(), templated: [], methods: undefined };
}
