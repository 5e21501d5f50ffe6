import type { Exchange } from "#gateway/pipeline/index.ts";
import { compileText, type ContextDeps, type ContextText } from "./compile-text.ts";

/** Headers to take off and to add; `add` is made of the call only where a value has a variable. */
export interface HeaderChanges {
  /** Lower case. */
  drop: ReadonlySet<string>;
  /** `[name, value, …]` */
  add: readonly string[] | ((exchange: Exchange) => string[]);
}

/**
 * What is set is taken off first, so that a client cannot claim it for itself. A value that comes out empty, since the call
 * has no such thing, is not added.
 */
export function compileHeaderChanges(
  changes: { set: Readonly<Record<string, string>>; remove: readonly string[] },
  path: string,
  deps: ContextDeps,
): HeaderChanges {
  const drop = new Set([...changes.remove, ...Object.keys(changes.set)].map((name) => name.toLowerCase()));
  const set = Object.entries(changes.set).map(([name, value]): [string, ContextText] => [
    name,
    compileText(value, `${path}.set.${name}`, deps),
  ]);
  const isFixed = (entry: [string, ContextText]): entry is [string, string] => typeof entry[1] === "string";
  if (set.every(isFixed)) return { drop, add: set.flat() };
  return { drop, add: (exchange) => set.flatMap(([name, text]) => fieldOf(name, text, exchange)) };
}

function fieldOf(name: string, text: ContextText, exchange: Exchange): string[] {
  if (typeof text === "string") return [name, text];
  const value = text(exchange);
  return value === "" ? [] : [name, value];
}
